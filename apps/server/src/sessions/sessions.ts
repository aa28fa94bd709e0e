import { randomInt, randomUUID } from 'node:crypto';
import { followSession } from '@qwenvl/sessions';
import type { SessionInfo, SessionStore } from '@qwenvl/sessions';
import type { Logger } from 'pino';
import { adopt } from './adopt.js';
import type { PreparedStream } from './ports.js';
import { codeOf, Producers } from './producers.js';
import { ReaderPresence } from './reader-presence.js';
import { sessionConflict, sessionNotFound, shuttingDown } from './session-api-error.js';
import { requestHash, sessionKey } from './session-key.js';
import { writeStoredRequest } from './stored-request.js';
import type { StreamSources } from './stream-sources.js';
import { Upkeep } from './upkeep.js';

/** Settings of the durable streams; all times in milliseconds. */
export interface SessionSettings {
  /** Length of a producer's lease: how long a dead process's streams stand still. */
  readonly leaseMs: number;
  /** Whether unfinished answers go on after a restart. */
  readonly resume: boolean;
  /** How long after its last reader has left a stream is cancelled; 0 is never. */
  readonly cancelAfterMs: number;
  /** How long an ended stream can be read again. */
  readonly ttlMs: number;
  /** Bound of all streams together in bytes; the longest ended are deleted first. */
  readonly maxTotalBytes: number;
  /** How much longer an ended stream stays while readers are at it. */
  readonly maxHoldMs: number;
}

/** What the sessions of a server are made of. */
export interface SessionsOptions extends SessionSettings {
  readonly store: SessionStore;
  readonly sources: StreamSources;
  readonly log: Logger;
}

/** A request for a stream, made or joined. */
export interface StreamRequest {
  readonly owner: string;
  readonly sessionId: string;
  /** Name of the source in `SessionsOptions.sources`. */
  readonly kind: string;
  /** The body as it was sent, and as its source parsed it. */
  readonly sent: unknown;
  readonly body: unknown;
  /** First part of the completion's id, such as `chatcmpl-`. */
  readonly idPrefix: string;
  readonly seed: number | undefined;
  /** Whether the client goes on with a stream that it knows: then none is made. */
  readonly mustExist: boolean;
  /** Aborts when the client goes away before the stream has begun. */
  readonly signal: AbortSignal;
}

// How long an ended stream stays held after its readers, or their process, have gone.
const readerHoldMs = 15_000;
// Seeds that fit where only 48 random bits are to be had at once.
const seeds = 2 ** 48 - 1;

/** The durable streams of this server: makes them, joins them, ends them, keeps them. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #producers: Producers;
  readonly #presence: ReaderPresence;
  readonly #upkeep: Upkeep;
  readonly #readers = new AbortController();
  #draining = false;

  constructor(options: SessionsOptions) {
    const { store, log, leaseMs, cancelAfterMs, ttlMs, maxTotalBytes, maxHoldMs } = options;
    const warn = (what: string) => (error: unknown) => {
      log.warn({ code: codeOf(error) }, what);
    };
    this.#options = options;
    this.#producers = new Producers({ store, log, leaseMs });
    this.#presence = new ReaderPresence({
      store,
      cancelAfterMs,
      holdMs: readerHoldMs,
      onError: warn('presence of readers not written'),
    });
    this.#upkeep = new Upkeep({
      store,
      leaseMs,
      ttlMs,
      maxTotalBytes,
      maxHoldMs,
      cancelAfterMs,
      onError: warn('upkeep of sessions failed'),
      produces: (key) => this.#producers.has(key),
      adopt: (orphan) => {
        this.#producers.start(adopt(orphan, options));
      },
    });
  }

  /** Takes up what other processes left, and goes on doing so. */
  start(): void {
    this.#upkeep.start();
  }

  /** Generations of this process. */
  get running(): number {
    return this.#producers.running;
  }

  /** Readers that are connected to this process. */
  get readers(): number {
    return this.#presence.readers;
  }

  /** Joins a session that was made by the same request, or makes it. @throws ApiError | SessionError */
  async open(request: StreamRequest): Promise<SessionInfo> {
    const { store } = this.#options;
    const key = sessionKey(request.owner, request.sessionId);
    const hash = requestHash(request.kind, request.sent);
    const existing = await store.get(key);
    if (existing !== undefined) return join(existing, hash);
    if (request.mustExist) throw sessionNotFound();
    if (this.#draining) throw shuttingDown();
    const source = this.#options.sources[request.kind];
    if (source === undefined) throw new Error(`No source answers ${request.kind} requests.`);
    const prepared = await source.prepare(request.body, { recovering: false, signal: request.signal });
    return this.#make(request, key, hash, prepared);
  }

  /** One's own session. @throws ApiError 404 */
  async get(owner: string, sessionId: string): Promise<SessionInfo> {
    const session = await this.#options.store.get(sessionKey(owner, sessionId));
    if (session === undefined) throw sessionNotFound();
    return session;
  }

  /** Events from right after the cursor on, counted as a reader until `signal` aborts or the events end. */
  read(session: SessionInfo, options: { after: number; heartbeatMs?: number; signal: AbortSignal }) {
    const leave = this.#presence.enter(session.id);
    const signal = AbortSignal.any([options.signal, this.#readers.signal]);
    const steps = followSession(this.#options.store, session.id, { ...options, signal });
    return { steps, signal, leave };
  }

  /** Asks the producer to stop, and waits for the terminal event up to `waitMs`. @throws ApiError 404 */
  async cancel(owner: string, sessionId: string, waitMs: number): Promise<SessionInfo> {
    const key = sessionKey(owner, sessionId);
    const requested = await this.#options.store.requestCancel(key);
    if (requested === undefined) throw sessionNotFound();
    const signal = AbortSignal.timeout(waitMs);
    for await (const { session } of followSession(this.#options.store, key, {
      after: requested.nextIndex - 1,
      signal,
    }))
      if (session.state !== 'running') return session;
    return this.get(owner, sessionId);
  }

  /** Deletes a session and all that is known of it; a running one stops. @throws ApiError 404 */
  async delete(owner: string, sessionId: string): Promise<void> {
    if (!(await this.#options.store.delete(sessionKey(owner, sessionId)))) throw sessionNotFound();
  }

  /**
   * Refuses new streams, waits up to `drainMs` until the running ones have ended and all readers have left, then
   * leaves the rest to the next process.
   */
  async shutdown(drainMs: number): Promise<void> {
    this.#draining = true;
    await this.#upkeep.stop();
    const drained = this.#producers.idle().then(() => this.#presence.empty());
    await Promise.race([drained, timeout(drainMs)]);
    this.#presence.stop();
    await this.#producers.stop();
    this.#readers.abort();
  }

  async #make(
    request: StreamRequest,
    key: string,
    hash: string,
    prepared: PreparedStream,
  ): Promise<SessionInfo> {
    const { store, sources, leaseMs, cancelAfterMs } = this.#options;
    const identity = {
      completionId: `${request.idPrefix}${randomUUID().replaceAll('-', '')}`,
      created: Math.floor(Date.now() / 1000),
      seed: request.seed ?? randomInt(seeds),
    };
    const { kind, sent, body } = request;
    const made = await store
      .create({
        id: key,
        requestHash: hash,
        request: writeStoredRequest({ kind, sent, identity, fingerprint: prepared.fingerprint }),
        leaseMs,
        cancelAt: cancelAfterMs === 0 ? null : Date.now() + cancelAfterMs,
      })
      .catch((error: unknown) => {
        prepared.dispose();
        throw error;
      });
    if (!made.created) {
      prepared.dispose();
      return join(made.session, hash);
    }
    this.#producers.start({
      lease: made.lease,
      session: made.session,
      identity,
      resumed: false,
      tokens: [],
      prepare: () => Promise.resolve(prepared),
      closing: (reason, usage) =>
        sources[kind]?.closing(body, identity, reason, usage) ?? JSON.stringify({ error: reason.state }),
    });
    return made.session;
  }
}

function join(session: SessionInfo, hash: string): SessionInfo {
  if (session.requestHash !== hash) throw sessionConflict();
  return session;
}

function timeout(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
