import { EngineError, type EngineErrorCode } from '@qwenvl/engine';
import { ApiError } from '@qwenvl/openai';

/** Seconds after which a retry may find the engine free again. */
const RETRY_SECONDS = 2;

/** HTTP statuses of the engine's errors; the rest are the server's own fault: 500. */
const statuses: Partial<Record<EngineErrorCode, number>> = {
  'invalid-request': 400,
  'media-not-rendered': 400,
  'invalid-image': 422,
  'invalid-video': 422,
  'context-overflow': 400,
  'queue-full': 429,
  'out-of-memory': 503,
  'worker-crashed': 503,
  closed: 503,
};

/** An engine's error in the API's words; anything else is passed on. */
export function toApiError(error: unknown): unknown {
  if (!EngineError.isInstance(error)) return error;
  const status = statuses[error.code] ?? 500;
  const isTransient = status === 429 || status === 503;
  return new ApiError({
    status,
    code: error.code === 'context-overflow' ? 'context_length_exceeded' : error.code.replaceAll('-', '_'),
    message: error.message,
    param: error.code === 'context-overflow' ? 'messages' : undefined,
    retryAfterSeconds: isTransient ? RETRY_SECONDS : undefined,
    cause: error,
  });
}
