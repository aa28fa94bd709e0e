/**
 * Durable, resumable event streams. A producer appends events to a session's log; any number of readers replay
 * it from a cursor and follow it live; each event is stored before it is sent, and a log ends with exactly one
 * terminal event.
 *
 * ```ts
 * import { MemoryStore, SessionWriter, followSession } from '@qwenvl/sessions';
 *
 * const store = new MemoryStore();
 * const made = await store.create({ id: 's1', requestHash: 'h', request: '{}', leaseMs: 5000, cancelAt: null });
 * if (made.created) {
 *   const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 5000 });
 *   await writer.write({ events: ['{"text":"Hello"}'], tokens: [9707] });
 *   const usage = { promptTokens: 3, completionTokens: 1, cachedTokens: 0 };
 *   await writer.end({ events: ['{"done":true}'], tokens: [] }, { state: 'completed', finishReason: 'stop', usage });
 * }
 * for await (const { events } of followSession(store, 's1', { after: -1 })) {
 *   for (const { index, data } of events) console.log(index, data);
 * }
 * ```
 *
 * @module
 */
export { checkCursor, formatCursor, parseCursor } from './cursor.js';
export {
  CursorEvictedError,
  CursorInFutureError,
  CursorMalformedError,
  LeaseLostError,
  SessionError,
  SessionGoneError,
  SessionStoreBusyError,
  SessionStoreClosedError,
  SessionStoreFailedError,
  SessionStoreFullError,
} from './errors.js';
export type { SessionErrorCode } from './errors.js';
export { followSession } from './follow-session.js';
export type { FollowOptions, FollowStep } from './follow-session.js';
export { MemoryStore } from './memory-store.js';
export type { MemoryStoreOptions } from './memory-store.js';
export type { SessionStore, SessionWatch } from './session-store.js';
export { SessionWriter } from './session-writer.js';
export type { SessionWriterOptions } from './session-writer.js';
export { formatComment, formatEvent, formatRetry } from './sse.js';
export type {
  Acquired,
  Append,
  CreateResult,
  DueSessions,
  ExpireLimits,
  Lease,
  NewSession,
  Page,
  PageLimit,
  SessionEvent,
  SessionInfo,
  SessionOutcome,
  SessionState,
  SessionUsage,
} from './types.js';
