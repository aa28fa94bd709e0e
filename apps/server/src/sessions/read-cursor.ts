import { checkCursor, parseCursor } from '@qwenvl/sessions';
import type { SessionInfo } from '@qwenvl/sessions';

/** Where a client says what it has already. */
export interface CursorSource {
  header(name: string): string | undefined;
  query(name: string): string | undefined;
}

/**
 * The cursor of a request, if it has one. The header wins: an `EventSource` sends it when it reconnects, to an
 * address that may still hold an older one.
 */
export function cursorOf(request: CursorSource): string | undefined {
  const cursor = request.header('last-event-id') ?? request.query('last_event_id');
  return cursor === '' ? undefined : cursor;
}

/**
 * Index of the last event that the client has, -1 for none.
 * @throws SessionError for a cursor that is malformed, in the future, or evicted
 */
export function lastIndex(cursor: string | undefined, sessionId: string, session: SessionInfo): number {
  const after = cursor === undefined ? -1 : parseCursor(cursor, sessionId);
  checkCursor(after, session);
  return after;
}

/** Whether a client with this cursor has everything there will ever be. */
export function hasEverything(after: number, session: SessionInfo): boolean {
  return session.state !== 'running' && after + 1 === session.nextIndex && after >= 0;
}
