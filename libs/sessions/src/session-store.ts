import type {
  Acquired,
  Append,
  CreateResult,
  DueSessions,
  ExpireLimits,
  Lease,
  NewSession,
  Page,
  PageLimit,
  SessionInfo,
} from './types.js';

/**
 * Waits for changes of one session, made by any process that shares the store.
 * Open it before the first read and no change is missed.
 */
export interface SessionWatch {
  /**
   * Resolves once the session's version is above `version` or the session is gone; may also resolve early.
   * Resolves when `signal` aborts or the watch or store is closed.
   */
  changed(version: number, signal?: AbortSignal): Promise<void>;
  /** Idempotent. */
  close(): void;
}

/**
 * A log of events for each session. Operations on one session take effect in the order in which they were
 * called; nothing is promised between sessions. When the promise of a write resolves the write is as durable as
 * the backend's mode says, and only then do readers see it.
 *
 * Every operation may reject with `SessionStoreBusyError`, `SessionStoreFullError` or `SessionStoreClosedError`.
 */
export interface SessionStore {
  /** Makes a session unless its id exists; of several callers with one id exactly one makes it. */
  create(session: NewSession): Promise<CreateResult>;

  /** `undefined` where there is no such session. */
  get(id: string): Promise<SessionInfo | undefined>;

  /**
   * Events with an index above `after` (-1: from the start), as many as `limit` allows. Evicted events are left
   * out: compare `session.firstIndex`. `undefined` where there is no such session.
   */
  read(id: string, after: number, limit: PageLimit): Promise<Page | undefined>;

  /** See `SessionWatch`; an unknown id may be watched. */
  watch(id: string): SessionWatch;

  /**
   * Adds events and tokens, and ends the session where `append.outcome` is given.
   * @throws LeaseLostError when another producer has taken over, or the session has ended or is gone
   */
  append(lease: Lease, append: Append): Promise<SessionInfo>;

  /**
   * Takes a running session whose lease has run out or was released. `undefined` where it is not to be had:
   * held by another, ended, or unknown.
   */
  acquire(id: string, leaseMs: number): Promise<Acquired | undefined>;

  /**
   * Extends the lease to `leaseMs` from now.
   * @throws LeaseLostError see `append`
   */
  renew(lease: Lease, leaseMs: number): Promise<SessionInfo>;

  /** Gives the lease up, so that `acquire` succeeds at once. Does nothing where it is lost already. */
  release(lease: Lease): Promise<void>;

  /** Asks the producer, wherever it runs, to stop. Idempotent. `undefined` where there is no such session. */
  requestCancel(id: string): Promise<SessionInfo | undefined>;

  /**
   * Records that readers are there (`attended`) or that the last one has left, and when the session is to be
   * cancelled. A later `cancelAt` never moves back to an earlier one, so that processes with readers of one
   * session need not know each other. Does nothing for ended and unknown sessions.
   */
  setPresence(id: string, presence: { readonly attended: boolean; readonly cancelAt: number }): Promise<void>;

  /**
   * Says that readers are at a session until this time, in milliseconds since 1970: `expire` spares it meanwhile, for
   * as long as its `maxHoldMs` allows. An earlier time never replaces a later one, so that processes with readers of
   * one session need not know each other. Does nothing for unknown sessions.
   */
  hold(id: string, until: number): Promise<void>;

  /** Running sessions that need someone at this time, the longest waiting first, at most `limit` of each kind. */
  due(limit: number): Promise<DueSessions>;

  /** Deletes ended sessions, all that is known of them, and returns how many. */
  expire(limits: ExpireLimits): Promise<number>;

  /** Deletes one session, running or not. `false` where there is none. */
  delete(id: string): Promise<boolean>;

  /** Finishes what was called before, then frees files, threads and timers. Idempotent. */
  close(): Promise<void>;
}
