import { randomUUID } from 'node:crypto';
import { ApiError } from '@qwenvl/openai';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import { type HealthOptions, registerHealth } from './health/register-health.js';
import type { App, AppEnv, RegisterRoutes } from './http/app-env.js';
import { type ApiKeyHash, authenticate } from './http/authenticate.js';
import { registerErrors } from './http/errors.js';
import { requestLog } from './http/request-log.js';
import type { Metrics } from './metrics/metrics.js';
import { countRequests, registerMetrics } from './metrics/register-metrics.js';
import { registerModels } from './model/register-models.js';
import { traceRequests } from './tracing/trace-requests.js';
import type { Tracing } from './tracing/tracing.js';

/** What the server is put together from. */
export interface AppOptions extends HealthOptions {
  readonly log: Logger;
  readonly apiKeys: readonly ApiKeyHash[];
  /** Web origins that may call from a browser. */
  readonly corsOrigins: readonly string[];
  /** Largest request body in bytes. */
  readonly maxBodyBytes: number;
  /** Unix time in seconds at which the server started. */
  readonly created: number;
  /** Where requests are counted, shown at `/metrics`; absent: nowhere. */
  readonly metrics?: Metrics | undefined;
  /** Where spans go; absent: nowhere. */
  readonly tracing?: Tracing | undefined;
  /** All further routes. */
  readonly routes: readonly RegisterRoutes[];
}

/** Paths that need a key where keys are configured. */
const PROTECTED = ['/v1/*', '/ktp-ocr/*', '/metrics'];
/** Headers that a browser's script may read. */
const EXPOSED_HEADERS = ['x-request-id', 'x-session-id', 'retry-after'];

/** Puts the server together; it listens nowhere yet. */
export function createApp(options: AppOptions): App {
  const { log, apiKeys, corsOrigins, maxBodyBytes, host } = options;
  const app: App = new Hono<AppEnv>();
  registerErrors(app, log);
  app.use(requestId({ generator: () => `req_${randomUUID().replaceAll('-', '')}` }));
  app.use(requestLog(log));
  if (options.tracing !== undefined) app.use(traceRequests(options.tracing));
  if (options.metrics !== undefined) app.use(countRequests(options.metrics));
  // Whoever puts TLS in front decides about strict transport security.
  app.use(secureHeaders({ contentSecurityPolicy, strictTransportSecurity: false }));
  if (corsOrigins.length > 0) {
    app.use(
      cors({
        origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
        // All that such a page asks for, Last-Event-ID and the x-stainless-… of OpenAI's client among them.
        allowHeaders: [],
        allowMethods: ['GET', 'POST', 'DELETE', 'OPTIONS'],
        exposeHeaders: EXPOSED_HEADERS,
        maxAge: 600,
      }),
    );
  }
  registerHealth(app, options);
  for (const path of PROTECTED) app.use(path, authenticate(apiKeys));
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        const message = `The request body is larger than ${maxBodyBytes} bytes.`;
        throw new ApiError({ status: 413, code: 'body_too_large', message });
      },
    }),
  );
  if (options.metrics !== undefined) registerMetrics(app, options.metrics);
  registerModels(app, host, options.created);
  for (const register of options.routes) register(app);
  return app;
}

/** The pages load nothing from elsewhere; images may be shown from where the user has them. */
const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  mediaSrc: ["'self'", 'data:', 'blob:'],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
};
