import type { Generated, Selectable } from 'kysely';
import type { SessionState } from '../types.js';

/** One row a session. Times are milliseconds since 1970, flags 0 or 1. */
export interface SessionTable {
  readonly key: Generated<number>;
  readonly id: string;
  readonly request_hash: string;
  readonly state: Generated<SessionState>;
  readonly version: Generated<number>;
  readonly first_index: Generated<number>;
  readonly next_index: Generated<number>;
  readonly token_count: Generated<number>;
  /** UTF-8 bytes of the events that are kept. */
  readonly event_bytes: Generated<number>;
  readonly request_bytes: number;
  readonly cancel_requested: Generated<number>;
  readonly cancel_at: number | null;
  readonly attended: Generated<number>;
  readonly created_at: number;
  readonly finished_at: Generated<number | null>;
  readonly finish_reason: Generated<string | null>;
  readonly prompt_tokens: Generated<number>;
  readonly completion_tokens: Generated<number>;
  readonly cached_tokens: Generated<number>;
  readonly fence: Generated<number>;
  readonly lease_until: number;
  readonly held_until: Generated<number>;
}

/** `session` is `sessions.key`; rows go when their session goes. */
export interface EventTable {
  readonly session: number;
  readonly idx: number;
  readonly data: string;
}

/** Apart from `sessions`, whose rows are rewritten with every append. Dropped when the session ends. */
export interface RequestTable {
  readonly session: number;
  readonly request: string;
}

/** Token ids in order, dropped when the session ends. */
export interface TokenTable {
  readonly session: number;
  readonly position: number;
  readonly token: number;
}

export interface SessionDatabase {
  readonly sessions: SessionTable;
  readonly requests: RequestTable;
  readonly events: EventTable;
  readonly tokens: TokenTable;
}

export type SessionRow = Selectable<SessionTable>;
