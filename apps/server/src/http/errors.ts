import { ApiError } from '@qwenvl/openai';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { allowedMethods } from './allowed-methods.js';
import type { AppEnv, App } from './app-env.js';

/** Answers every error, every unknown route and every wrong method in OpenAI's body shape. */
export function registerErrors(app: App, log: Logger): void {
  app.onError((error, context) => {
    if (ApiError.isInstance(error) && error.status < 500) return errorResponse(context, error);
    const requestId = context.get('requestId');
    log.error({ requestId, err: describe(error) }, 'request failed');
    if (ApiError.isInstance(error)) return errorResponse(context, error);
    const message = `The server failed to answer; its log names request ${requestId}.`;
    return errorResponse(context, new ApiError({ status: 500, code: 'internal_error', message }));
  });
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = allowedMethods(app, path);
    if (allowed.length > 0) {
      context.header('Allow', allowed.join(', '));
      const message = `${path} takes ${allowed.join(', ')}, not ${method}.`;
      return errorResponse(context, new ApiError({ status: 405, code: 'method_not_allowed', message }));
    }
    const message = `There is no ${method} ${path} here; see /docs.`;
    return errorResponse(context, new ApiError({ status: 404, code: 'not_found', message }));
  });
}

/** An error as a response, with `Retry-After` where a retry may help. */
export function errorResponse(context: Context<AppEnv>, error: ApiError): Response {
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) context.header('Retry-After', String(retryAfterSeconds));
  if (error.status === 401) context.header('WWW-Authenticate', 'Bearer');
  return context.json(error.toBody(), error.status as ContentfulStatusCode);
}

/** Kind, code and place of an error; its message may hold what a user sent, so it stays out of the log. */
function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const stack = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  const cause = error.cause === undefined ? undefined : describe(error.cause);
  return { type: error.name, code, stack: stack?.slice(0, 10), cause };
}
