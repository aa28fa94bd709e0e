import {
  LeaseLostError,
  SessionGoneError,
  SessionStoreBusyError,
  SessionStoreClosedError,
  SessionStoreFailedError,
  SessionStoreFullError,
} from './errors.js';
import type { SessionError, SessionErrorCode } from './errors.js';

/** The error that a backend reported from another thread or process by its code and message. */
export function errorFromCode(code: SessionErrorCode, message: string): SessionError {
  const options = { cause: new Error(message) };
  switch (code) {
    case 'LEASE_LOST':
      return new LeaseLostError();
    case 'SESSION_GONE':
      return new SessionGoneError();
    case 'STORE_BUSY':
      return new SessionStoreBusyError(options);
    case 'STORE_FULL':
      return new SessionStoreFullError(options);
    case 'STORE_CLOSED':
      return new SessionStoreClosedError();
    case 'STORE_FAILED':
    case 'CURSOR_MALFORMED':
    case 'CURSOR_IN_FUTURE':
    case 'CURSOR_EVICTED':
      return new SessionStoreFailedError(message, options);
  }
}
