import { createClient, ErrorReply } from '@redis/client';
import { SessionStoreClosedError, SessionStoreFailedError } from '../errors.js';
import { toSessionError } from './redis-error.js';
import type { Script } from './scripts.js';

/** One connection to Redis that comes back by itself; while it is away, calls fail at once with `STORE_BUSY`. */
export class Connection {
  readonly #client;
  #closing: Promise<void> | undefined;

  private constructor(url: string) {
    this.#client = createClient({
      url,
      RESP: 2,
      // Nothing waits unseen: whoever calls decides whether to try again.
      disableOfflineQueue: true,
      socket: { reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) },
    });
    // Calls report what goes wrong; without a listener a lost connection would end the process.
    this.#client.on('error', () => undefined);
  }

  /** @throws SessionStoreFailedError where Redis does not answer within `timeoutMs` */
  static async open(url: string, timeoutMs: number): Promise<Connection> {
    const connection = new Connection(url);
    const client = connection.#client;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new SessionStoreFailedError(`Redis did not answer within ${timeoutMs} ms; check its address.`),
        );
      }, timeoutMs);
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
    try {
      return await this.#client.sendCommand([...command]);
    } catch (error) {
      throw this.#client.isOpen ? toSessionError(error) : new SessionStoreClosedError();
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
}

function isUnknownScript(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof ErrorReply && cause.message.startsWith('NOSCRIPT');
}
