import type { z } from 'zod';
import { ChangeHub } from '../change-hub.js';
import { LeaseLostError, SessionError } from '../errors.js';
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
import { Connection } from './connection.js';
import { followChanges } from './follow-changes.js';
import { GroupedCalls } from './grouped-calls.js';
import {
  acquireReply,
  countReply,
  countsReply,
  createReply,
  dueReply,
  leasedReply,
  readReply,
  renewReply,
  sessionReply,
} from './replies.js';
import { scripts } from './scripts.js';
import { Written } from './written.js';

/** Options of `RedisStore.open`. */
export interface RedisStoreOptions {
  /** `redis://[user:password@]host:port[/database]`, or `rediss://` for TLS. Redis 7 or newer, not a Cluster. */
  readonly url: string;
  /** Begins every key; stores that share it share their sessions. Default `qwenvl:`. */
  readonly keyPrefix?: string | undefined;
  /** Events kept of one session; default 100,000. */
  readonly maxEventsPerSession?: number | undefined;
  /** UTF-8 bytes of events kept of one session; default 64 MiB. */
  readonly maxBytesPerSession?: number | undefined;
  /** After this an ended session goes by itself, also where no process calls `expire` any more; default 7 days. */
  readonly endedTtlMs?: number | undefined;
  /** How long opening waits for Redis; default 5000 ms. */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Silence of Redis, while answers are due, after which calls fail with `STORE_BUSY` and the connection is made anew;
   * default 10,000 ms.
   */
  readonly answerTimeoutMs?: number | undefined;
  /** Milliseconds since 1970, for tests; default Redis's own clock, which all processes share. */
  readonly now?: (() => number) | undefined;
}

const week = 7 * 86_400_000;
const longestBlockMs = 5000;

/**
 * Sessions in Redis Streams, for processes on any number of machines. What a resolved append survives is up to the
 * persistence that Redis is configured with.
 */
export class RedisStore implements SessionStore {
  readonly #options;
  readonly #connection: Connection;
  readonly #tail: Connection;
  readonly #hub = new ChangeHub();
  readonly #reads = new SharedReads();
  readonly #written = new Written();
  readonly #closed = new AbortController();
  readonly #renewals = this.#grouped('renew', renewReply);
  readonly #presences = this.#grouped('setPresence', countsReply);
  readonly #holds = this.#grouped('hold', countsReply);

  private constructor(
    options: RedisStoreOptions,
    connection: Connection,
    tail: Connection,
    answerMs: number,
  ) {
    this.#options = {
      prefix: options.keyPrefix ?? 'qwenvl:',
      maxEvents: options.maxEventsPerSession ?? 100_000,
      maxBytes: options.maxBytesPerSession ?? 64 * 1024 * 1024,
      endedTtlMs: options.endedTtlMs ?? week,
      now: options.now,
    };
    this.#connection = connection;
    this.#tail = tail;
    void followChanges({
      connection: tail,
      prefix: this.#options.prefix,
      hub: this.#hub,
      closed: this.#closed.signal,
      // Well before its own silence would count as that of Redis.
      blockMs: Math.min(longestBlockMs, answerMs / 2),
    });
  }

  /** Connects twice: for commands, and for waiting. @throws SessionStoreFailedError */
  static async open(options: RedisStoreOptions): Promise<RedisStore> {
    const times = {
      connectMs: options.connectTimeoutMs ?? 5000,
      answerMs: options.answerTimeoutMs ?? 10_000,
    };
    const connection = await Connection.open(options.url, times);
    try {
      const tail = await Connection.open(options.url, times);
      return new RedisStore(options, connection, tail, times.answerMs);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  async create(session: NewSession): Promise<CreateResult> {
    const { id, requestHash, request, leaseMs, cancelAt } = session;
    const reply = await this.#write('create', id, requestHash, request, leaseMs, cancelAt ?? '');
    const [made, { info, fence }] = createReply.parse(reply);
    if (made === 0) return { created: false, session: info };
    const lease = { sessionId: id, fence };
    this.#written.set(lease, { events: 0, tokens: 0 });
    return { created: true, lease, session: this.#publish(info) };
  }

  async get(id: string): Promise<SessionInfo | undefined> {
    return sessionReply.parse(await this.#run('get', id))?.info;
  }

  read(id: string, after: number, limit: PageLimit): Promise<Page | undefined> {
    return this.#reads.read(id, after, limit, async () => {
      const reply = readReply.parse(await this.#run('read', id, after, limit.maxEvents, limit.maxBytes));
      return reply === 0 ? undefined : { events: reply[1], session: reply[0].info };
    });
  }

  watch(id: string): SessionWatch {
    return this.#hub.watch(id);
  }

  async append(lease: Lease, append: Append): Promise<SessionInfo> {
    const { events, tokens, promptTokens, outcome } = append;
    const { maxEvents, maxBytes, endedTtlMs } = this.#options;
    const from = this.#written.advance(lease, append);
    const usage = outcome?.usage;
    const ending = [outcome?.state, outcome?.finishReason, usage?.promptTokens, usage?.completionTokens, usage?.cachedTokens]; // prettier-ignore
    const settings = [
      lease.fence,
      from?.events ?? -1,
      from?.tokens ?? -1,
      promptTokens ?? '',
      ...ending.map((value) => value ?? ''),
      maxEvents,
      maxBytes,
      endedTtlMs,
      tokens.map((token) => `${token},`).join(''),
      tokens.length,
    ];
    try {
      const reply = leasedReply.parse(await this.#write('append', lease.sessionId, ...settings, ...events));
      const info = this.#leased(reply, lease);
      if (outcome !== undefined) this.#written.forget(lease);
      return this.#publish(info);
    } catch (error) {
      if (from !== undefined && !SessionError.isInstance(error, 'LEASE_LOST')) this.#written.set(lease, from);
      throw error;
    }
  }

  async acquire(id: string, leaseMs: number): Promise<Acquired | undefined> {
    const reply = acquireReply.parse(await this.#write('acquire', id, leaseMs));
    if (reply === 0) return undefined;
    const [{ info, fence }, request, tokens] = reply;
    const lease = { sessionId: id, fence };
    this.#written.set(lease, { events: info.nextIndex, tokens: info.tokenCount });
    return { lease, session: info, request, tokens: tokens.split(',').slice(0, -1).map(Number) };
  }

  async renew(lease: Lease, leaseMs: number): Promise<SessionInfo> {
    return this.#leased(await this.#renewals.call([lease.sessionId, lease.fence, leaseMs]), lease);
  }

  async release(lease: Lease): Promise<void> {
    this.#written.forget(lease);
    await this.#write('release', lease.sessionId, lease.fence);
  }

  async requestCancel(id: string): Promise<SessionInfo | undefined> {
    const session = sessionReply.parse(await this.#write('requestCancel', id));
    return session && this.#publish(session.info);
  }

  async setPresence(
    id: string,
    presence: { readonly attended: boolean; readonly cancelAt: number },
  ): Promise<void> {
    await this.#presences.call([id, presence.attended ? 1 : 0, presence.cancelAt]);
  }

  async hold(id: string, until: number): Promise<void> {
    await this.#holds.call([id, until]);
  }

  async due(limit: number): Promise<DueSessions> {
    const [unattended, orphaned] = dueReply.parse(await this.#run('due', '', limit));
    return { unattended, orphaned };
  }

  async expire({ ttlMs, maxTotalBytes, maxHoldMs }: ExpireLimits): Promise<number> {
    return countReply.parse(await this.#write('expire', '', ttlMs, maxTotalBytes, maxHoldMs));
  }

  async delete(id: string): Promise<boolean> {
    return countReply.parse(await this.#write('delete', id)) === 1;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#tail.destroy();
    this.#hub.close();
    await this.#connection.close();
  }

  #leased(session: z.output<typeof leasedReply>, lease: Lease): SessionInfo {
    if (session !== 0) return session.info;
    this.#written.forget(lease);
    throw new LeaseLostError();
  }

  #grouped<Answer>(name: keyof typeof scripts, reply: z.ZodType<readonly Answer[]>) {
    return new GroupedCalls<readonly (string | number)[], Answer>(async (items) =>
      reply.parse(await this.#write(name, '', ...items.flat())),
    );
  }

  #write(name: keyof typeof scripts, id: string, ...args: readonly (string | number)[]): Promise<unknown> {
    this.#reads.clear();
    return this.#run(name, id, ...args);
  }

  #run(name: keyof typeof scripts, id: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const { prefix, now } = this.#options;
    const common = [prefix, id, String(now?.() ?? -1)];
    return this.#connection.run(scripts[name], [...common, ...args.map(String)]);
  }

  #publish(session: SessionInfo): SessionInfo {
    this.#hub.publish(session.id, session.version);
    return session;
  }
}
