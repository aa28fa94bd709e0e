import { ChangeHub } from '../change-hub.js';
import type { SessionError } from '../errors.js';
import type { SessionStore, SessionWatch } from '../session-store.js';
import { SharedReads } from '../shared-reads.js';
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
} from '../types.js';
import { DatabaseThread } from './database-thread.js';
import type { DatabaseWorker } from './database-thread.js';
import type { Operations } from './operations.js';
import type { DatabaseSettings, Durability } from './protocol.js';
import { startWorker } from './start-worker.js';

/** Options of `SqliteStore.open`. */
export interface SqliteStoreOptions {
  /** The database file; made, readable by its owner only, where it does not exist. Its folder must. */
  readonly path: string;
  /** Default `process`. */
  readonly durability?: Durability | undefined;
  /** Events kept of one session; default 100,000. */
  readonly maxEventsPerSession?: number | undefined;
  /** UTF-8 bytes of events kept of one session; default 256 MiB. */
  readonly maxBytesPerSession?: number | undefined;
  /** Bound of the database file in bytes, the write-ahead log not counted; default none. */
  readonly maxFileBytes?: number | undefined;
  /** How long a call waits for other processes' locks before it rejects with `STORE_BUSY`; default 5000 ms. */
  readonly busyTimeoutMs?: number | undefined;
  /** With `process` durability, how often written data is synced to the disk; default 1000 ms. */
  readonly syncIntervalMs?: number | undefined;
  /** How often other processes' changes are looked for; default 50 ms. */
  readonly pollIntervalMs?: number | undefined;
  /** Milliseconds since 1970; processes that share the file must agree. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Hears of upkeep that failed and is tried again; default `process.emitWarning`. */
  readonly onUpkeepError?: ((error: SessionError) => void) | undefined;
}

/**
 * Sessions in an SQLite file, for the processes of one machine. The file must be on a local disk: SQLite's
 * write-ahead log does not work over network file systems.
 */
export class SqliteStore implements SessionStore {
  readonly #thread: DatabaseThread;
  readonly #hub: ChangeHub;
  readonly #reads = new SharedReads();

  private constructor(thread: DatabaseThread, hub: ChangeHub) {
    this.#thread = thread;
    this.#hub = hub;
  }

  /**
   * Opens or makes the database in a thread of its own; `start` is for tests that run it in theirs.
   * @throws SessionStoreFailedError | SessionStoreBusyError | SessionStoreFullError
   */
  static async open(
    options: SqliteStoreOptions,
    start: (settings: DatabaseSettings) => DatabaseWorker = startWorker,
  ): Promise<SqliteStore> {
    const warn = (error: SessionError) => {
      process.emitWarning(error);
    };
    const hub: ChangeHub = new ChangeHub({
      watched: (id) => {
        thread.watch(id);
      },
      unwatched: (id) => {
        thread.unwatch(id);
      },
    });
    const settings = {
      path: options.path,
      durability: options.durability ?? 'process',
      busyTimeoutMs: options.busyTimeoutMs ?? 5000,
      syncIntervalMs: options.syncIntervalMs ?? 1000,
      pollIntervalMs: options.pollIntervalMs ?? 50,
      maxFileBytes: options.maxFileBytes,
      retention: {
        maxEvents: options.maxEventsPerSession ?? 100_000,
        maxBytes: options.maxBytesPerSession ?? 256 * 1024 * 1024,
      },
    };
    const thread = await DatabaseThread.open(
      start(settings),
      {
        versions: (versions) => {
          for (const [id, version] of versions) hub.publish(id, version);
        },
        upkeepFailed: options.onUpkeepError ?? warn,
      },
      options.now ?? Date.now,
    );
    return new SqliteStore(thread, hub);
  }

  async create(session: NewSession): Promise<CreateResult> {
    const result = await this.#write('create', session);
    this.#publish(result.session);
    return result;
  }

  get(id: string): Promise<SessionInfo | undefined> {
    return this.#thread.call('get', id);
  }

  read(id: string, after: number, limit: PageLimit): Promise<Page | undefined> {
    return this.#reads.read(id, after, limit, () => this.#thread.call('read', id, after, limit));
  }

  watch(id: string): SessionWatch {
    return this.#hub.watch(id);
  }

  async append(lease: Lease, append: Append): Promise<SessionInfo> {
    return this.#publish(await this.#write('append', lease, append));
  }

  acquire(id: string, leaseMs: number): Promise<Acquired | undefined> {
    return this.#write('acquire', id, leaseMs);
  }

  renew(lease: Lease, leaseMs: number): Promise<SessionInfo> {
    return this.#write('renew', lease, leaseMs);
  }

  release(lease: Lease): Promise<void> {
    return this.#write('release', lease);
  }

  async requestCancel(id: string): Promise<SessionInfo | undefined> {
    const session = await this.#write('requestCancel', id);
    return session && this.#publish(session);
  }

  setPresence(
    id: string,
    presence: { readonly attended: boolean; readonly cancelAt: number },
  ): Promise<void> {
    return this.#write('setPresence', id, presence);
  }

  hold(id: string, until: number): Promise<void> {
    return this.#write('hold', id, until);
  }

  due(limit: number): Promise<DueSessions> {
    return this.#thread.call('due', limit);
  }

  async expire(limits: ExpireLimits): Promise<number> {
    const deleted = await this.#write('expire', limits);
    for (const id of deleted) this.#hub.publish(id, Number.POSITIVE_INFINITY);
    return deleted.length;
  }

  async delete(id: string): Promise<boolean> {
    const known = await this.#write('delete', id);
    if (known) this.#hub.publish(id, Number.POSITIVE_INFINITY);
    return known;
  }

  async close(): Promise<void> {
    await this.#thread.close();
    this.#hub.close();
  }

  #write<K extends keyof Operations>(
    name: K,
    ...args: Operations[K]['args']
  ): Promise<Operations[K]['result']> {
    this.#reads.clear();
    return this.#thread.call(name, ...args);
  }

  #publish(session: SessionInfo): SessionInfo {
    this.#hub.publish(session.id, session.version);
    return session;
  }
}
