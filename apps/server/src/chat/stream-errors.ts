import { ApiError, type ErrorBody, invalidRequest } from '@qwenvl/openai';
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
 * The chunks of a stream that has ended, for its plain form.
 *
 * @throws ApiError where the stream ended with an error.
 */
export function readChunks<Chunk extends object>(events: readonly string[]): Chunk[] {
  return events.map((event) => {
    const chunk = JSON.parse(event) as Chunk | ErrorBody;
    if ('error' in chunk) throw fromErrorBody(chunk);
    return chunk;
  });
}

function fromErrorBody({ error }: ErrorBody): ApiError {
  const { message, type, param, code } = error;
  const status = type === 'invalid_request_error' ? 400 : type === 'rate_limit_error' ? 429 : 500;
  if (status === 400) return invalidRequest(message, param ?? undefined, code ?? undefined);
  return new ApiError({ status, message, type, code: code ?? 'internal_error' });
}
