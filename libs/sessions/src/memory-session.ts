import { LeaseLostError } from './errors.js';
import type {
  Acquired,
  Append,
  ExpireLimits,
  Lease,
  NewSession,
  Page,
  PageLimit,
  SessionInfo,
} from './types.js';

/** How much of one session's log is kept; older events are evicted first, the last one never. */
export interface RetentionLimits {
  readonly maxEvents: number;
  /** Bound of the events' data in UTF-8 bytes. */
  readonly maxBytes: number;
}

interface KeptEvent {
  readonly data: string;
  readonly bytes: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One session's log in memory: a ring of events and the state around it. Knows no clock and no other session. */
export class MemorySession {
  readonly #limits: RetentionLimits;
  readonly #info: Mutable<SessionInfo>;
  readonly #events = new Map<number, KeptEvent>();
  #tokens: number[] = [];
  #request: string;
  #requestBytes: number;
  #eventBytes = 0;
  #fence = 1;
  #leaseUntil: number;
  #heldUntil = 0;

  constructor(session: NewSession, now: number, limits: RetentionLimits) {
    this.#limits = limits;
    this.#request = session.request;
    this.#requestBytes = Buffer.byteLength(session.request);
    this.#leaseUntil = now + session.leaseMs;
    this.#info = {
      id: session.id,
      requestHash: session.requestHash,
      state: 'running',
      version: 1,
      firstIndex: 0,
      nextIndex: 0,
      tokenCount: 0,
      promptTokens: 0,
      cancelRequested: false,
      cancelAt: session.cancelAt,
      attended: true,
      createdAt: now,
      finishedAt: null,
      outcome: null,
    };
  }

  get info(): SessionInfo {
    return { ...this.#info };
  }

  get lease(): Lease {
    return { sessionId: this.#info.id, fence: this.#fence };
  }

  /** UTF-8 bytes of request and events. */
  get bytes(): number {
    return this.#requestBytes + this.#eventBytes;
  }

  get leaseUntil(): number {
    return this.#leaseUntil;
  }

  read(after: number, limit: PageLimit): Page {
    const events = [];
    let bytes = 0;
    for (
      let index = Math.max(after + 1, this.#info.firstIndex);
      events.length < limit.maxEvents;
      index += 1
    ) {
      const event = this.#events.get(index);
      if (event === undefined) break;
      bytes += event.bytes;
      if (bytes > limit.maxBytes && events.length > 0) break;
      events.push({ index, data: event.data });
    }
    return { events, session: this.info };
  }

  append(lease: Lease, append: Append, now: number): void {
    this.checkLease(lease);
    for (const data of append.events) this.#keep({ data, bytes: Buffer.byteLength(data) });
    for (const token of append.tokens) this.#tokens.push(token);
    this.#info.tokenCount += append.tokens.length;
    this.#info.promptTokens = append.promptTokens ?? this.#info.promptTokens;
    if (append.outcome !== undefined) {
      this.#info.state = append.outcome.state;
      this.#info.outcome = append.outcome;
      this.#info.finishedAt = now;
      this.#tokens = [];
      this.#request = '';
      this.#requestBytes = 0;
    }
    this.#info.version += 1;
  }

  acquire(leaseMs: number, now: number): Acquired | undefined {
    if (this.#info.state !== 'running' || this.#leaseUntil > now) return undefined;
    this.#fence += 1;
    this.#leaseUntil = now + leaseMs;
    return { lease: this.lease, session: this.info, request: this.#request, tokens: [...this.#tokens] };
  }

  renew(lease: Lease, leaseMs: number, now: number): void {
    this.checkLease(lease);
    this.#leaseUntil = now + leaseMs;
  }

  release(lease: Lease): void {
    if (lease.fence === this.#fence) this.#leaseUntil = 0;
  }

  requestCancel(): void {
    if (this.#info.state !== 'running' || this.#info.cancelRequested) return;
    this.#info.cancelRequested = true;
    this.#info.version += 1;
  }

  setPresence(attended: boolean, cancelAt: number): void {
    if (this.#info.state !== 'running') return;
    this.#info.attended = attended;
    this.#info.cancelAt = Math.max(this.#info.cancelAt ?? 0, cancelAt);
  }

  hold(until: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, until);
  }

  /** Whether it has ended so long ago that it goes: by age, or, where room is needed, for its size. */
  isExpired({ ttlMs, maxHoldMs }: ExpireLimits, now: number, needsRoom: boolean): boolean {
    if (this.#info.finishedAt === null) return false;
    const spared = this.#heldUntil > now ? maxHoldMs : 0;
    return this.#info.finishedAt + (needsRoom ? 0 : ttlMs) + spared <= now;
  }

  checkLease(lease: Lease): void {
    if (this.#info.state !== 'running' || lease.fence !== this.#fence) throw new LeaseLostError();
  }

  #keep(event: KeptEvent): void {
    const info = this.#info;
    this.#events.set(info.nextIndex, event);
    this.#eventBytes += event.bytes;
    info.nextIndex += 1;
    while (
      info.nextIndex - info.firstIndex > 1 &&
      (this.#events.size > this.#limits.maxEvents || this.#eventBytes > this.#limits.maxBytes)
    ) {
      this.#eventBytes -= this.#events.get(info.firstIndex)?.bytes ?? 0;
      this.#events.delete(info.firstIndex);
      info.firstIndex += 1;
    }
  }
}
