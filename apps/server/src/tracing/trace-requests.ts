import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../http/app-env.js';
import { routeOf } from '../http/route-of.js';
import type { Tracing } from './tracing.js';

/** A span for each request; goes before all routes. */
export function traceRequests(tracing: Tracing): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const { method } = context.req;
    const traceparent = context.req.header('traceparent');
    const outcome = () => ({ route: routeOf(context), status: context.res.status });
    await tracing.request({ method, traceparent, outcome }, next);
  };
}
