import { setTimeout as delay } from 'node:timers/promises';
import { LeaseLostError, SessionError, SessionStoreClosedError } from './errors.js';
import type { SessionStore } from './session-store.js';
import type { Append, Lease, SessionInfo, SessionOutcome } from './types.js';

/** Options of `SessionWriter`. */
export interface SessionWriterOptions {
  readonly store: SessionStore;
  readonly lease: Lease;
  /** As of when the lease was taken. */
  readonly session: SessionInfo;
  /** Length of the lease in milliseconds; it is renewed three times as often. */
  readonly leaseMs: number;
  /** Events and tokens that may wait for the store before `write` does; default 256. */
  readonly maxPending?: number | undefined;
  /** How long a busy or full store is tried again before the writer gives up, in milliseconds; default 30,000. */
  readonly retryForMs?: number | undefined;
}

const retryEveryMs = 250;

/**
 * The producer's side of one session: groups what is written while an append is under way, keeps the lease, and
 * says when to stop. Exactly one of `end` and `abandon` closes it.
 */
export class SessionWriter {
  readonly #options: SessionWriterOptions & { readonly maxPending: number; readonly retryForMs: number };
  readonly #cancel = new AbortController();
  readonly #lost = new AbortController();
  readonly #renewal: NodeJS.Timeout;
  readonly #watch;
  #session: SessionInfo;
  #events: string[] = [];
  #tokens: number[] = [];
  #promptTokens: number | undefined;
  #outcome: SessionOutcome | undefined;
  #draining: Promise<void> | undefined;
  #failure: SessionError | undefined;
  #isRenewing = false;
  #closed = false;

  constructor(options: SessionWriterOptions) {
    this.#options = {
      ...options,
      maxPending: options.maxPending ?? 256,
      retryForMs: options.retryForMs ?? 30_000,
    };
    this.#session = options.session;
    this.#watch = options.store.watch(options.lease.sessionId);
    this.#renewal = setInterval(() => void this.#renew(), options.leaseMs / 3);
    this.#observe(options.session);
    void this.#listen();
  }

  /** Aborts when someone has asked for the session to be cancelled, in whichever process. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Aborts when nothing can be written any more; its reason is the error. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** The session as of the last answer of the store. */
  get session(): SessionInfo {
    return this.#session;
  }

  /**
   * Hands an append to the store. Resolves at once, unless too much is waiting already.
   * @throws LeaseLostError, or what the store failed with for longer than `retryForMs`
   */
  async write(append: Omit<Append, 'outcome'>): Promise<void> {
    this.#add(append);
    if (this.#events.length + this.#tokens.length >= this.#options.maxPending) await this.flush();
  }

  /** Resolves when everything written so far is stored. @throws see `write` */
  async flush(): Promise<void> {
    this.#throwIfFailed();
    await this.#draining;
    this.#throwIfFailed();
  }

  /** Writes the last events, ends the session with the outcome, and closes the writer. @throws see `write` */
  async end(append: Omit<Append, 'outcome'>, outcome: SessionOutcome): Promise<SessionInfo> {
    try {
      this.#outcome = outcome;
      this.#add(append);
      await this.flush();
      return this.#session;
    } finally {
      this.#close();
    }
  }

  /** Stores what was written, gives up the lease so that another producer can go on, and closes the writer. */
  async abandon(): Promise<void> {
    try {
      if (this.#failure === undefined) await this.flush();
    } finally {
      this.#close();
      await this.#options.store.release(this.#options.lease);
    }
  }

  #add(append: Omit<Append, 'outcome'>): void {
    this.#throwIfFailed();
    if (this.#closed) throw new LeaseLostError();
    for (const data of append.events) this.#events.push(data);
    for (const token of append.tokens) this.#tokens.push(token);
    this.#promptTokens = append.promptTokens ?? this.#promptTokens;
    this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    try {
      do {
        this.#observe(await this.#appendPatiently(this.#take()));
      } while (this.#events.length + this.#tokens.length > 0 || this.#promptTokens !== undefined);
    } catch (error) {
      this.#fail(error);
    } finally {
      // In the same turn as the last look at what is waiting: whatever is added from here on starts anew.
      this.#draining = undefined;
    }
  }

  #take(): Append {
    const append = {
      events: this.#events,
      tokens: this.#tokens,
      promptTokens: this.#promptTokens,
      outcome: this.#outcome,
    };
    this.#events = [];
    this.#tokens = [];
    this.#promptTokens = undefined;
    return append;
  }

  async #appendPatiently(append: Append): Promise<SessionInfo> {
    const until = performance.now() + this.#options.retryForMs;
    for (;;) {
      try {
        return await this.#options.store.append(this.#options.lease, append);
      } catch (error) {
        const passing =
          SessionError.isInstance(error, 'STORE_BUSY') || SessionError.isInstance(error, 'STORE_FULL');
        if (!passing || performance.now() >= until) throw error;
        await delay(retryEveryMs);
      }
    }
  }

  #isEnding(): boolean {
    return this.#outcome !== undefined;
  }

  async #renew(): Promise<void> {
    // A store that does not answer gets no second call on top of the first.
    if (this.#isEnding() || this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      this.#observe(await this.#options.store.renew(this.#options.lease, this.#options.leaseMs));
    } catch (error) {
      // A busy store may answer next time; until then the fence alone decides who writes. Once the end is on its
      // way, a refusal may come from it: the last append's own answer tells.
      if (SessionError.isInstance(error, 'LEASE_LOST') && !this.#isEnding()) this.#fail(error);
    } finally {
      this.#isRenewing = false;
    }
  }

  // Own appends bring news too, so the store is asked only while none is under way.
  async #listen(): Promise<void> {
    try {
      while (await this.#changed()) {
        if (this.#draining !== undefined) {
          await this.#draining;
          continue;
        }
        const session = await this.#current();
        if (session?.state !== 'running') throw new LeaseLostError();
        this.#observe(session);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  // A store that cannot be reached may be back soon: until then the session is as it was last seen.
  async #current(): Promise<SessionInfo | undefined> {
    try {
      return await this.#options.store.get(this.#options.lease.sessionId);
    } catch (error) {
      if (!SessionError.isInstance(error, 'STORE_BUSY')) throw error;
      await delay(retryEveryMs);
      return this.#session;
    }
  }

  async #changed(): Promise<boolean> {
    await this.#watch.changed(this.#session.version);
    return !this.#closed && !this.#cancel.signal.aborted && this.#failure === undefined;
  }

  // Answers may be heard in another order than they were given in.
  #observe(session: SessionInfo): void {
    if (session.version >= this.#session.version) this.#session = session;
    if (session.cancelRequested) this.#cancel.abort();
  }

  #fail(error: unknown): void {
    if (this.#closed || this.#failure !== undefined) return;
    this.#failure = SessionError.isInstance(error) ? error : new SessionStoreClosedError();
    this.#lost.abort(this.#failure);
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #close(): void {
    this.#closed = true;
    clearInterval(this.#renewal);
    this.#watch.close();
  }
}
