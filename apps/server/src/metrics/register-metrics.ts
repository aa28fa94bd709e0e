import type { MiddlewareHandler } from 'hono';
import type { App, AppEnv } from '../http/app-env.js';
import { routeOf } from '../http/route-of.js';
import type { Metrics } from './metrics.js';

/** Counts every request; goes before all routes. */
export function countRequests(metrics: Metrics): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    await next();
    const isResumed = context.req.header('last-event-id') ?? context.req.query('last_event_id');
    if (isResumed !== undefined && context.res.status === 200) metrics.countResume();
    metrics.countRequest(routeOf(context), context.req.method, context.res.status);
  };
}

/** `/metrics`, for Prometheus. */
export function registerMetrics(app: App, { registry }: Metrics): void {
  app.get('/metrics', async (c) => {
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
}
