import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

/** The pattern of the route that answered, such as `/v1/sessions/:id`: it names no one. */
export function routeOf(context: Context): string {
  return matchedRoutes(context).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'none';
}
