import { ApiError, invalidRequest } from '@qwenvl/openai';
import { CursorEvictedError, SessionError } from '@qwenvl/sessions';

// Long enough for another process's transaction or an expiry to pass.
const retryAfterSeconds = 2;

/** A session error in the API's words; anything else is passed on. */
export function toSessionApiError(error: unknown): unknown {
  if (!SessionError.isInstance(error)) return error;
  const { code, message } = error;
  switch (code) {
    case 'CURSOR_MALFORMED':
    case 'CURSOR_IN_FUTURE':
      return invalidRequest(message, 'last_event_id', code.toLowerCase());
    case 'CURSOR_EVICTED':
      return new ApiError({
        status: 410,
        code: 'cursor_evicted',
        message,
        param: 'last_event_id',
        cause: error,
      });
    case 'SESSION_GONE':
    case 'LEASE_LOST':
      return sessionNotFound();
    case 'STORE_BUSY':
    case 'STORE_FULL':
    case 'STORE_CLOSED':
    case 'STORE_FAILED':
      return new ApiError({
        status: 503,
        code: code.toLowerCase(),
        message: 'The stream cannot be stored now; try again later.',
        retryAfterSeconds,
        cause: error,
      });
  }
}

/** The same answer for a session that never was, has expired, or belongs to another key. */
export function sessionNotFound(): ApiError {
  return new ApiError({ status: 404, code: 'session_not_found', message: 'There is no such session.' });
}

/** The id is in use for another request. */
export function sessionConflict(): ApiError {
  return new ApiError({
    status: 409,
    code: 'session_conflict',
    param: 'session_id',
    message: 'This session_id belongs to a different request; use a new one.',
  });
}

/** No new streams while the server shuts down. */
export function shuttingDown(): ApiError {
  return new ApiError({
    status: 503,
    code: 'shutting_down',
    message: 'The server is shutting down; try again in a moment.',
    retryAfterSeconds,
  });
}

/** Id of the earliest event that is kept, where that is what the client must know. */
export function earliestEvent(error: unknown): number | undefined {
  return error instanceof CursorEvictedError ? error.firstIndex : undefined;
}
