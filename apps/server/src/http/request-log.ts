import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import type { AppEnv } from './app-env.js';
import { routeOf } from './route-of.js';

/** Logs each request once its headers are out: route, status and time, nothing of what it carried. */
export function requestLog(log: Logger): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const startedAt = performance.now();
    await next();
    const { method } = context.req;
    const milliseconds = Math.round(performance.now() - startedAt);
    const requestId = context.get('requestId');
    log.info(
      { requestId, method, route: routeOf(context), status: context.res.status, milliseconds },
      'request',
    );
  };
}
