import { ChangeHub } from './change-hub.js';
import { LeaseLostError, SessionStoreClosedError } from './errors.js';
import { MemorySession } from './memory-session.js';
import type { SessionStore, SessionWatch } from './session-store.js';
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

/** Options of `MemoryStore`. */
export interface MemoryStoreOptions {
  /** Events kept of one session; default 100,000. */
  readonly maxEventsPerSession?: number | undefined;
  /** UTF-8 bytes of events kept of one session; default 64 MiB. */
  readonly maxBytesPerSession?: number | undefined;
  /** Milliseconds since 1970; default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** Sessions in this process's memory. Loss bound: everything, when the process ends. */
export class MemoryStore implements SessionStore {
  readonly #sessions = new Map<string, MemorySession>();
  readonly #hub = new ChangeHub();
  readonly #limits;
  readonly #now: () => number;
  #closed = false;

  constructor(options: MemoryStoreOptions = {}) {
    this.#limits = {
      maxEvents: options.maxEventsPerSession ?? 100_000,
      maxBytes: options.maxBytesPerSession ?? 64 * 1024 * 1024,
    };
    this.#now = options.now ?? Date.now;
  }

  create(session: NewSession): Promise<CreateResult> {
    return this.#run(() => {
      const existing = this.#sessions.get(session.id);
      if (existing !== undefined) return { created: false, session: existing.info };
      const made = new MemorySession(session, this.#now(), this.#limits);
      this.#sessions.set(session.id, made);
      this.#hub.publish(session.id, made.info.version);
      return { created: true, lease: made.lease, session: made.info };
    });
  }

  get(id: string): Promise<SessionInfo | undefined> {
    return this.#run(() => this.#sessions.get(id)?.info);
  }

  read(id: string, after: number, limit: PageLimit): Promise<Page | undefined> {
    return this.#run(() => this.#sessions.get(id)?.read(after, limit));
  }

  watch(id: string): SessionWatch {
    return this.#hub.watch(id);
  }

  append(lease: Lease, append: Append): Promise<SessionInfo> {
    return this.#change(lease, (session) => {
      session.append(lease, append, this.#now());
    });
  }

  acquire(id: string, leaseMs: number): Promise<Acquired | undefined> {
    return this.#run(() => this.#sessions.get(id)?.acquire(leaseMs, this.#now()));
  }

  renew(lease: Lease, leaseMs: number): Promise<SessionInfo> {
    return this.#change(lease, (session) => {
      session.renew(lease, leaseMs, this.#now());
    });
  }

  release(lease: Lease): Promise<void> {
    return this.#run(() => this.#sessions.get(lease.sessionId)?.release(lease));
  }

  requestCancel(id: string): Promise<SessionInfo | undefined> {
    return this.#run(() => {
      const session = this.#sessions.get(id);
      if (session === undefined) return undefined;
      session.requestCancel();
      return this.#published(session);
    });
  }

  setPresence(
    id: string,
    presence: { readonly attended: boolean; readonly cancelAt: number },
  ): Promise<void> {
    return this.#run(() => this.#sessions.get(id)?.setPresence(presence.attended, presence.cancelAt));
  }

  hold(id: string, until: number): Promise<void> {
    return this.#run(() => this.#sessions.get(id)?.hold(until));
  }

  due(limit: number): Promise<DueSessions> {
    return this.#run(() => {
      const now = this.#now();
      const running = [...this.#sessions.values()].filter(({ info }) => info.state === 'running');
      const unattended = running
        .map(({ info }) => ({ id: info.id, since: info.cancelRequested ? null : info.cancelAt }))
        .filter(
          (entry): entry is { id: string; since: number } => entry.since !== null && entry.since <= now,
        );
      const orphaned = running
        .map((session) => ({ id: session.info.id, since: session.leaseUntil }))
        .filter(({ since }) => since <= now);
      return { unattended: longestWaiting(unattended, limit), orphaned: longestWaiting(orphaned, limit) };
    });
  }

  expire(limits: ExpireLimits): Promise<number> {
    return this.#run(() => {
      const now = this.#now();
      let total = 0;
      for (const session of this.#sessions.values()) total += session.bytes;
      const ended = [...this.#sessions.values()]
        .filter(({ info }) => info.state !== 'running')
        .sort((a, b) => (a.info.finishedAt ?? 0) - (b.info.finishedAt ?? 0));
      let deleted = 0;
      for (const session of ended) {
        if (!session.isExpired(limits, now, total > limits.maxTotalBytes)) continue;
        total -= session.bytes;
        this.#delete(session.info.id);
        deleted += 1;
      }
      return deleted;
    });
  }

  delete(id: string): Promise<boolean> {
    return this.#run(() => this.#delete(id));
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#sessions.clear();
    this.#hub.close();
    return Promise.resolve();
  }

  #delete(id: string): boolean {
    const known = this.#sessions.delete(id);
    if (known) this.#hub.publish(id, Number.POSITIVE_INFINITY);
    return known;
  }

  #change(lease: Lease, change: (session: MemorySession) => void): Promise<SessionInfo> {
    return this.#run(() => {
      const session = this.#sessions.get(lease.sessionId);
      if (session === undefined) throw new LeaseLostError();
      change(session);
      return this.#published(session);
    });
  }

  #published(session: MemorySession): SessionInfo {
    const info = session.info;
    this.#hub.publish(info.id, info.version);
    return info;
  }

  // Does the work at once, which keeps calls in order, and reports what it throws as a rejection.
  #run<T>(operation: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new SessionStoreClosedError());
    return new Promise((resolve) => {
      resolve(operation());
    });
  }
}

function longestWaiting(entries: { id: string; since: number }[], limit: number): string[] {
  return entries
    .sort((a, b) => a.since - b.since)
    .slice(0, limit)
    .map(({ id }) => id);
}
