import { SessionError } from '../errors.js';
import type { SessionErrorCode } from '../errors.js';

/** The library's code for whatever was thrown while working on the database. */
export function errorCode(error: unknown): SessionErrorCode {
  if (SessionError.isInstance(error)) return error.code;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'STORE_BUSY';
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_SHMSIZE')
    return 'STORE_FULL';
  return 'STORE_FAILED';
}

/** A message without values: SQLite's own texts name tables and reasons, never bound data. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
