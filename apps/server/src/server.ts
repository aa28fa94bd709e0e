import { setTimeout } from 'node:timers/promises';
import { serve, type ServerType } from '@hono/node-server';
import { MODEL_ANSWER_SCHEMA } from '@qwenvl/ktp';
import { MediaLoader } from '@qwenvl/media';
import type { Logger } from 'pino';
import { Admission } from './admission/admission.js';
import { createApp } from './app.js';
import { ChatSource } from './chat/chat-source.js';
import { CompletionSource } from './completions/completion-source.js';
import type { Config } from './config/config-schema.js';
import { createKtpReaders } from './ktp/create-ktp-readers.js';
import { registerKtpRoutes } from './ktp/register-ktp.js';
import { createMediaResolver } from './media/create-media-resolver.js';
import { mediaPolicyOf } from './media/media-settings.js';
import { Metrics } from './metrics/metrics.js';
import { logLoading } from './model/log-loading.js';
import { drawProgress } from './model/progress-bar.js';
import { type LoadModel, ModelHost } from './model/model-host.js';
import { warmSchemas } from './model/warm-schemas.js';
import { registerOpenApi } from './openapi/register-openapi.js';
import { tokenizeRoute } from './tokenize/register-tokenize.js';
import { registerPage } from './page/register-page.js';
import { openSessions } from './sessions/open-sessions.js';
import type { StreamStep } from './sessions/ports.js';
import { createModelLoader, modelId } from './model/load-model.js';
import { traceMedia, traceQueue } from './tracing/traced-parts.js';
import { openTracing } from './tracing/tracing.js';

/** How long the last bytes of ended answers may take to reach their readers, and how often that is looked at. */
const FLUSH_GRACE_MS = 2000;
const FLUSH_TURN_MS = 20;

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** Stops admitting, lets streams drain for the configured time, then frees everything. */
  close(): Promise<void>;
}

/** Parts that tests replace. */
export interface ServerParts {
  readonly log: Logger;
  readonly loadModel?: LoadModel | undefined;
  /** Where a progress bar is drawn while the model loads; none when it is absent. */
  readonly terminal?: NodeJS.WriteStream | undefined;
}

/** Puts the server together from its settings and lets it listen. */
export async function startServer(
  config: Config,
  { log, loadModel = createModelLoader(config), terminal }: ServerParts,
): Promise<RunningServer> {
  const logged = terminal
    ? logLoading(drawProgress(loadModel, terminal), log, 'debug')
    : logLoading(loadModel, log);
  const load = warmSchemas(logged, [MODEL_ANSWER_SCHEMA], log);
  const host = new ModelHost(modelId(config), load, config.MODEL_WAIT_SECONDS);
  const tracing = await openTracing({
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    serviceName: config.OTEL_SERVICE_NAME,
  });
  const admission = new Admission({ maxConcurrency: config.MAX_CONCURRENCY, maxQueue: config.MAX_QUEUE });
  const media = new MediaLoader(mediaPolicyOf(config));
  const metrics = new Metrics(admission);
  const resolveMedia = traceMedia(createMediaResolver(media), tracing);
  const shared = {
    host,
    admission: traceQueue(admission, tracing),
    timeoutSeconds: config.REQUEST_TIMEOUT_SECONDS,
    observe: (steps: AsyncIterable<StreamStep>, known: number) =>
      metrics.observe(tracing?.observe(steps, known) ?? steps, known),
  };
  const completions = new CompletionSource({ ...shared, temperature: config.TEMPERATURE });
  const chat = new ChatSource({
    ...shared,
    resolveMedia,
    defaults: {
      maxTokens: config.MAX_TOKENS,
      temperature: config.TEMPERATURE,
      overflow: config.ENABLE_AUTO_COMPRESSION ? 'drop-oldest' : 'error',
    },
  });
  const sessions = await openSessions(config, { log, chat, completions });
  metrics.watchSessions(sessions.counts);
  const ktp = createKtpReaders(host, config);
  const ktpRoutes = registerKtpRoutes({
    media,
    readers: ktp.readers,
    defaultReader: ktp.defaultReader,
    admission: new Admission({ maxConcurrency: 1, maxQueue: config.MAX_QUEUE }),
    timeoutSeconds: config.OCR_TIMEOUT_SECONDS,
  });
  const app = createApp({
    host,
    log,
    metrics: config.METRICS_ENABLED ? metrics : undefined,
    tracing,
    apiKeys: config.API_KEY_HASHES,
    corsOrigins: config.CORS_ORIGINS,
    maxBodyBytes: config.MAX_BODY_BYTES,
    created: Math.floor(Date.now() / 1000),
    context: {
      maxTokens: config.CONTEXT_MAX_TOKENS_AUTO,
      safetyMargin: config.CONTEXT_SAFETY_MARGIN,
      autoCompression: config.ENABLE_AUTO_COMPRESSION,
    },
    routes: [...sessions.routes, tokenizeRoute(host, resolveMedia), ktpRoutes, registerOpenApi, registerPage],
  });
  if (config.EAGER_LOAD_MODEL) void host.load();
  const { server, url } = await listen(app.fetch, config);
  return {
    url,
    close: async () => {
      const closed = closeServer(server);
      await sessions.close();
      await endConnections(server, closed);
      await Promise.all([host.close(), media.close(), ktp.close()]);
      await tracing?.close();
    },
  };
}

function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  { HOST: hostname, PORT: port }: Config,
): Promise<{ server: ServerType; url: string }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname, port }, (address) => {
      const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
      resolve({ server, url: `http://${host}:${address.port}` });
    });
    server.once('error', reject);
  });
}

/** Answers that are on their way still arrive; then, or at the end of the grace, connections are closed. */
async function endConnections(server: ServerType, closed: Promise<void>): Promise<void> {
  if (!('closeIdleConnections' in server)) return closed;
  const deadline = performance.now() + FLUSH_GRACE_MS;
  const isClosed = closed.then(() => true);
  do {
    server.closeIdleConnections();
    if (await Promise.race([isClosed, setTimeout(FLUSH_TURN_MS, false)])) return;
  } while (performance.now() < deadline);
  server.closeAllConnections();
  await closed;
}

function closeServer(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
