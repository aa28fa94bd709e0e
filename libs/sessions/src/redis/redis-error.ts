import { ErrorReply } from '@redis/client';
import {
  SessionError,
  SessionStoreBusyError,
  SessionStoreFailedError,
  SessionStoreFullError,
} from '../errors.js';

// Out of memory, a disk that cannot be written to, and a server that is starting, failing over or read-only.
const full = /^(OOM|MISCONF)/;
const passing = /^(LOADING|BUSY|READONLY|MASTERDOWN|NOREPLICAS|TRYAGAIN)/;

/** What the client or Redis failed with, in the library's words. Whatever is no answer of Redis is a lost connection. */
export function toSessionError(error: unknown): SessionError {
  if (SessionError.isInstance(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (!(error instanceof ErrorReply)) return new SessionStoreBusyError(options);
  if (full.test(message)) return new SessionStoreFullError(options);
  if (passing.test(message)) return new SessionStoreBusyError(options);
  return new SessionStoreFailedError(message, options);
}
