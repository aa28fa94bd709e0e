import { z } from 'zod';
import { mediaFields } from '../media/media-settings.js';
import {
  flag,
  list,
  number,
  oneOf,
  optionalNumber,
  optionalText,
  optionalUrl,
  textWithDefault,
} from './fields.js';

const DAY = 86_400;

/** `name:sha256 of the key in hex`; keys themselves are never configured. */
const apiKeyHashes = list().transform((entries, context) =>
  entries.map((entry) => {
    const match = /^([A-Za-z0-9_-]{1,64}):([0-9a-f]{64})$/.exec(entry);
    if (match?.[1] === undefined || match[2] === undefined) {
      context.addIssue({
        code: 'custom',
        message: "comma-separated 'name:sha256-in-hex'; see npm run api-key",
      });
      return { name: '', sha256: '' };
    }
    return { name: match[1], sha256: match[2] };
  }),
);

const origins = list().transform((entries, context) => {
  for (const entry of entries) {
    if (entry === '*' || (URL.canParse(entry) && new URL(entry).origin === entry)) continue;
    context.addIssue({
      code: 'custom',
      message: "comma-separated origins such as https://chat.example, or '*'",
    });
  }
  return entries;
});

const fields = z.object({
  HOST: textWithDefault('127.0.0.1'),
  PORT: number(3000, { min: 0, max: 65_535 }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),

  ENGINE: oneOf(['local', 'openai'], 'local'),
  UPSTREAM_URL: list(),
  UPSTREAM_API_KEY: optionalText(),
  MODEL_REPO_ID: optionalText(),
  MODEL_REVISION: textWithDefault('main'),
  HF_TOKEN: optionalText(),
  TORCH_DTYPE: oneOf(['auto', 'q4', 'q8', 'float16', 'float32'], 'auto'),
  DEVICE_MAP: oneOf(['auto', 'cpu', 'cuda', 'dml', 'coreml', 'webgpu'], 'auto'),
  ENGINE_RUNTIME: oneOf(['auto', 'native', 'stock'], 'auto'),
  KV_CACHE_DTYPE: oneOf(['float32', 'int8'], 'float32'),
  PREFILL_WEIGHTS: oneOf(['shared', 'int8'], 'shared'),
  EAGER_LOAD_MODEL: flag(true),
  MODEL_WAIT_SECONDS: number(30, { min: 0, max: 3600 }),
  DETERMINISTIC: flag(false),
  SPECULATION: oneOf(['auto', 'off', 'prompt-lookup'], 'auto'),

  MAX_TOKENS: number(4096, { min: 1, max: 1_000_000 }),
  TEMPERATURE: optionalNumber({ min: 0, max: 2, isInteger: false }),
  ENABLE_AUTO_COMPRESSION: flag(true),
  CONTEXT_MAX_TOKENS_AUTO: optionalNumber({ min: 64, max: 10_000_000 }),
  CONTEXT_SAFETY_MARGIN: number(0, { min: 0, max: 100_000 }),
  MAX_VIDEO_FRAMES: optionalNumber({ min: 2, max: 768 }),

  MAX_CONCURRENCY: number(4, { min: 1, max: 10_000 }),
  MAX_QUEUE: number(64, { min: 0, max: 10_000 }),
  MAX_BODY_BYTES: number(64 * 1024 * 1024, { min: 1024, max: 4 * 1024 ** 3 }),
  REQUEST_TIMEOUT_SECONDS: number(3600, { min: 0, max: DAY }),

  API_KEY_HASHES: apiKeyHashes,
  CORS_ORIGINS: origins,

  PERSIST_SESSIONS: flag(true),
  SESSIONS_STORE: oneOf(['sqlite', 'redis'], 'sqlite'),
  REDIS_URL: textWithDefault('redis://127.0.0.1:6379'),
  SESSIONS_DB_PATH: textWithDefault('data/sessions.db'),
  SESSIONS_TTL_SECONDS: number(3600, { min: 1, max: 365 * DAY }),
  SESSIONS_MAX_BYTES: number(256 * 1024 * 1024, { min: 1024 * 1024, max: 1024 ** 4 }),
  SESSIONS_READER_HOLD_SECONDS: number(600, { min: 0, max: DAY }),
  SESSIONS_DURABILITY: oneOf(['process', 'power'], 'process'),
  SESSIONS_RESUME: flag(true),
  SESSIONS_LEASE_SECONDS: number(5, { min: 1, max: 300 }),
  CANCEL_AFTER_DISCONNECT_SECONDS: number(60, { min: 0, max: 365 * DAY }),
  HEARTBEAT_SECONDS: number(15, { min: 1, max: 300 }),
  SHUTDOWN_DRAIN_SECONDS: number(10, { min: 0, max: 3600 }),

  ...mediaFields,

  OCR_TIMEOUT_SECONDS: number(60, { min: 1, max: 3600 }),

  METRICS_ENABLED: flag(true),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl(),
  OTEL_SERVICE_NAME: textWithDefault('qwenvl'),
});

/** Every environment variable that the server reads; `.env.example` explains them to the user. */
export const configSchema = fields.superRefine((config, context) => {
  if (config.ENGINE === 'openai' && !hasAddresses(config.UPSTREAM_URL)) {
    const message =
      'one or more http addresses without user and password, comma-separated, where ENGINE is openai';
    context.addIssue({ code: 'custom', path: ['UPSTREAM_URL'], message });
  }
  const { CONTEXT_MAX_TOKENS_AUTO: most, CONTEXT_SAFETY_MARGIN: margin } = config;
  if (margin === 0 || (most !== undefined && margin < most)) return;
  const message = 'less than CONTEXT_MAX_TOKENS_AUTO, which has to be set with it';
  context.addIssue({ code: 'custom', path: ['CONTEXT_SAFETY_MARGIN'], message });
});

/** The server's settings, checked. */
export type Config = z.output<typeof configSchema>;

/** Engines' keys go into headers: `fetch` takes no address with a password. */
function hasAddresses(urls: readonly string[]): boolean {
  return (
    urls.length > 0 &&
    urls.every((url) => /^https?:/.test(url) && URL.canParse(url) && new URL(url).username === '')
  );
}
