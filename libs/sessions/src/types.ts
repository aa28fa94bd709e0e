/** Where a session stands. Every state but `running` is terminal and never changes again. */
export type SessionState = 'running' | 'completed' | 'failed' | 'cancelled' | 'interrupted';

/** Token counts that are recorded with the terminal event. */
export interface SessionUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

/** How a session ended; its event is the last one of the log. */
export interface SessionOutcome {
  readonly state: Exclude<SessionState, 'running'>;
  /** The producer's own word, such as `stop` or `length`. */
  readonly finishReason: string;
  readonly usage: SessionUsage;
}

/** What everyone may know of a session; a snapshot. All times are milliseconds since 1970. */
export interface SessionInfo {
  readonly id: string;
  /** Hash of the request that made the session, to tell a repeated request from another one. */
  readonly requestHash: string;
  readonly state: SessionState;
  /** Grows with every change of the session: new events, cancel, state. */
  readonly version: number;
  /** Index of the earliest event still kept. */
  readonly firstIndex: number;
  /** Index that the next event will have: the number of events ever appended. */
  readonly nextIndex: number;
  /** Number of token ids in the log. */
  readonly tokenCount: number;
  /** Length of the prompt once the producer has reported it, 0 before. */
  readonly promptTokens: number;
  readonly cancelRequested: boolean;
  /** When the session is to be cancelled unless a reader shows up; `null` is never. */
  readonly cancelAt: number | null;
  /** Whether a reader was there when `cancelAt` was last set. */
  readonly attended: boolean;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly outcome: SessionOutcome | null;
}

/** One event of a log. `data` is kept byte for byte. */
export interface SessionEvent {
  /** Position in the log, from 0, without gaps. */
  readonly index: number;
  readonly data: string;
}

/**
 * The right to write one session. `fence` grows with every holder, and a write with an older one is refused:
 * a producer that lost its lease unawares cannot write any more.
 */
export interface Lease {
  readonly sessionId: string;
  readonly fence: number;
}

/** A session to be made. */
export interface NewSession {
  readonly id: string;
  readonly requestHash: string;
  /** Whatever the producer needs to take the session up again; opaque here, dropped when the session ends. */
  readonly request: string;
  /** Length of the maker's lease in milliseconds. */
  readonly leaseMs: number;
  /** See `SessionInfo.cancelAt`. */
  readonly cancelAt: number | null;
}

/** Either the session was made, or one with this id exists already. */
export type CreateResult =
  | { readonly created: true; readonly lease: Lease; readonly session: SessionInfo }
  | { readonly created: false; readonly session: SessionInfo };

/** What one append adds. It is stored whole or not at all. */
export interface Append {
  readonly events: readonly string[];
  /** Token ids behind the events, kept for `acquire` and never shown to readers. */
  readonly tokens: readonly number[];
  readonly promptTokens?: number | undefined;
  /** Ends the session: the last of `events` is its terminal event. */
  readonly outcome?: SessionOutcome | undefined;
}

/** A running session handed to a new producer. */
export interface Acquired {
  readonly lease: Lease;
  readonly session: SessionInfo;
  readonly request: string;
  readonly tokens: readonly number[];
}

/** Bounds of one page; a page holds at least one event where there is one. */
export interface PageLimit {
  readonly maxEvents: number;
  /** Bound of the events' data in UTF-8 bytes. */
  readonly maxBytes: number;
}

/** Events in order, from right after the cursor, and the session as of the same moment. */
export interface Page {
  readonly events: readonly SessionEvent[];
  readonly session: SessionInfo;
}

/** Ids of running sessions that need someone; a session may be in both. */
export interface DueSessions {
  /** `cancelAt` has passed and cancel was not requested yet. */
  readonly unattended: readonly string[];
  /** The lease has run out or was given up. */
  readonly orphaned: readonly string[];
}

/** What is to be deleted. Running sessions never are. */
export interface ExpireLimits {
  /** Sessions that ended this long ago, in milliseconds. */
  readonly ttlMs: number;
  /** After that the longest ended, until all sessions together hold no more than this; UTF-8 bytes. */
  readonly maxTotalBytes: number;
  /**
   * How much longer a session that is held (see `SessionStore.hold`) stays, in milliseconds: after `ttlMs`, or, where
   * the total size asks for its place, after its end.
   */
  readonly maxHoldMs: number;
}
