import { createClient, ErrorReply } from '@redis/client';
import { SessionStoreClosedError, SessionStoreFailedError } from '../errors.js';
import { AnswerWatch } from './answer-watch.js';
import { toSessionError } from './redis-error.js';
import type { Script } from './scripts.js';

/** Times of a connection, in milliseconds. */
export interface ConnectionTimes {
  /** How long opening waits for Redis. */
  readonly connectMs: number;
  /** Silence while answers are due after which the connection counts as lost. */
  readonly answerMs: number;
}

function newClient(url: string) {
  const client = createClient({
    url,
    RESP: 2,
    // Nothing waits unseen: whoever calls decides whether to try again.
    disableOfflineQueue: true,
    // The client's own limit counts from the call to its writing, with a timer for each: a burst of calls in a busy
    // process failed by it. `AnswerWatch` bounds the wait instead.
    commandOptions: { timeout: 0 },
    socket: { reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) },
  });
  // Calls report what goes wrong; without a listener a lost connection would end the process.
  client.on('error', () => undefined);
  return client;
}

/** One connection to Redis that comes back by itself; while it is away, calls fail at once with `STORE_BUSY`. */
export class Connection {
  readonly #url: string;
  readonly #watch: AnswerWatch;
  #client;
  #closing: Promise<void> | undefined;

  private constructor(url: string, { answerMs }: ConnectionTimes) {
    this.#url = url;
    this.#client = newClient(url);
    this.#watch = new AnswerWatch(answerMs, () => {
      this.#replace();
    });
  }

  /** @throws SessionStoreFailedError where Redis does not answer within `connectMs` */
  static async open(url: string, times: ConnectionTimes): Promise<Connection> {
    const { connectMs } = times;
    const connection = new Connection(url, times);
    const client = connection.#client;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new SessionStoreFailedError(`Redis did not answer within ${connectMs} ms; check its address.`),
        );
      }, connectMs);
    });
    try {
      await Promise.race([client.connect(), late]);
      return connection;
    } catch (error) {
      client.destroy();
      throw error instanceof SessionStoreFailedError ? error : new SessionStoreFailedError(String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends one command. @throws SessionError */
  async send(command: readonly string[]): Promise<unknown> {
    if (this.#closing !== undefined) throw new SessionStoreClosedError();
    this.#watch.sent();
    try {
      return await this.#client.sendCommand([...command]);
    } catch (error) {
      throw this.#isClosed() ? new SessionStoreClosedError() : toSessionError(error);
    } finally {
      this.#watch.answered();
    }
  }

  /** Runs a script, which Redis may have forgotten since it was started anew. @throws SessionError */
  async run(script: Script, args: readonly string[]): Promise<unknown> {
    try {
      return await this.send(['EVALSHA', script.sha, '0', ...args]);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return this.send(['EVAL', script.text, '0', ...args]);
    }
  }

  /** Finishes what was sent, then disconnects. */
  close(): Promise<void> {
    if (this.#closing === undefined && !this.#client.isReady) this.destroy();
    this.#closing ??= this.#client.close();
    return this.#closing;
  }

  /** Disconnects at once. */
  destroy(): void {
    this.#closing ??= Promise.resolve();
    this.#client.destroy();
  }

  #isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Fails all calls that are under way, and connects anew. */
  #replace(): void {
    const silent = this.#client;
    if (this.#isClosed()) {
      silent.destroy();
      return;
    }
    this.#client = newClient(this.#url);
    silent.destroy();
    this.#client.connect().catch(() => undefined);
  }
}

function isUnknownScript(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof ErrorReply && cause.message.startsWith('NOSCRIPT');
}
