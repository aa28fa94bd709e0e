import { CursorEvictedError, CursorInFutureError, CursorMalformedError } from './errors.js';
import type { SessionInfo } from './types.js';

/** The event id that goes over the wire: `session_id:index`. */
export function formatCursor(sessionId: string, index: number): string {
  return `${sessionId}:${index}`;
}

/**
 * Reads the index back from an event id. Only the canonical form is accepted: decimal digits without sign or
 * leading zeros, up to 2^53 - 1.
 * @throws CursorMalformedError for everything else, another session's cursor included
 */
export function parseCursor(cursor: string, sessionId: string): number {
  const prefix = `${sessionId}:`;
  const digits = cursor.startsWith(prefix) ? cursor.slice(prefix.length) : '';
  const index = Number(digits);
  if (!/^(0|[1-9]\d{0,15})$/.test(digits) || !Number.isSafeInteger(index)) {
    throw new CursorMalformedError(sessionId);
  }
  return index;
}

/**
 * Checks that a reader who has seen everything up to `after` (-1: nothing) can go on without a gap.
 * @throws CursorInFutureError | CursorEvictedError
 */
export function checkCursor(after: number, session: Pick<SessionInfo, 'firstIndex' | 'nextIndex'>): void {
  if (after >= session.nextIndex) throw new CursorInFutureError(after, session.nextIndex);
  if (after + 1 < session.firstIndex) throw new CursorEvictedError(session.firstIndex);
}
