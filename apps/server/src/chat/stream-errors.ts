import { ApiError, type ErrorBody } from '@qwenvl/openai';
import type { ClosingReason } from '../sessions/ports.js';
import { toApiError } from './engine-error.js';

/** The error that a stream ends with where it was not cancelled. */
export function toClosingError(reason: Exclude<ClosingReason, { state: 'cancelled' }>): ApiError {
  if (reason.state === 'interrupted') {
    return new ApiError({ status: 500, code: 'interrupted', message: reason.message });
  }
  const error = toApiError(reason.error);
  if (ApiError.isInstance(error)) return error;
  return new ApiError({ status: 500, code: 'internal_error', message: 'The server failed to answer.' });
}

/**
 * An error as a stream ends with it: a status line went out long before, or never will, so the body carries what it
 * would have said.
 */
export function toErrorEvent(error: ApiError): StoredError {
  const { status, retryAfterSeconds } = error;
  return { error: { ...error.toBody().error, status, retry_after: retryAfterSeconds } };
}

/** Streams of earlier versions have neither status nor time. */
interface StoredError {
  readonly error: ErrorBody['error'] & {
    readonly status?: number | undefined;
    /** Seconds. */
    readonly retry_after?: number | undefined;
  };
}

/**
 * The chunks of a stream that has ended, for its plain form.
 *
 * @throws ApiError where the stream ended with an error.
 */
export function readChunks<Chunk extends object>(events: readonly string[]): Chunk[] {
  return events.map((event) => {
    const chunk = JSON.parse(event) as Chunk | StoredError;
    if ('error' in chunk) throw fromErrorEvent(chunk);
    return chunk;
  });
}

function fromErrorEvent({ error }: StoredError): ApiError {
  const { message, type, param, code, status, retry_after: retryAfterSeconds } = error;
  return new ApiError({
    status: status ?? statusOf(type),
    message,
    type,
    code: code ?? 'internal_error',
    param: param ?? undefined,
    retryAfterSeconds,
  });
}

function statusOf(type: string): number {
  if (type === 'invalid_request_error') return 400;
  return type === 'rate_limit_error' ? 429 : 500;
}
