import { errorFromCode } from '../error-from-code.js';
import { SessionStoreClosedError, SessionStoreFailedError } from '../errors.js';
import type { SessionError } from '../errors.js';
import type { Call, Operations } from './operations.js';
import type { CallResult, Request, Response } from './protocol.js';

interface Pending {
  readonly call: Call;
  readonly settle: (result: CallResult) => void;
  readonly fail: (error: SessionError) => void;
}

/** The part of a `Worker` that is used. */
export interface DatabaseWorker {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: Response) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  terminate(): Promise<unknown>;
}

/** What the thread says by itself. */
export interface ThreadEvents {
  versions(versions: readonly (readonly [id: string, version: number])[]): void;
  upkeepFailed(error: SessionError): void;
}

/**
 * The thread that owns the database. Calls made while a batch is under way wait and form the next batch, one
 * transaction: the busier the store, the larger its groups, and the caller's event loop is never blocked.
 */
export class DatabaseThread {
  readonly #worker: DatabaseWorker;
  readonly #opened: Promise<void>;
  readonly #events: ThreadEvents;
  readonly #now: () => number;
  #waiting: Pending[] = [];
  #running: Pending[] = [];
  #broken: SessionError | undefined;
  #closing: Promise<void> | undefined;
  #closed: () => void = () => undefined;

  private constructor(worker: DatabaseWorker, events: ThreadEvents, now: () => number) {
    this.#worker = worker;
    this.#events = events;
    this.#now = now;
    this.#opened = new Promise((resolve, reject) => {
      worker.on('message', (response) => {
        if (response.type === 'opened') resolve();
        else if (response.type === 'open-failed') reject(errorFromCode(response.code, response.message));
        else this.#receive(response);
      });
      worker.on('error', (error) => {
        const failed = new SessionStoreFailedError(error.message, { cause: error });
        reject(failed);
        this.#break(failed);
      });
      worker.on('exit', () => {
        this.#break(new SessionStoreClosedError());
      });
    });
  }

  /** Resolves once the database is open. @throws SessionError when it cannot be opened */
  static async open(
    worker: DatabaseWorker,
    events: ThreadEvents,
    now: () => number,
  ): Promise<DatabaseThread> {
    const thread = new DatabaseThread(worker, events, now);
    try {
      await thread.#opened;
      return thread;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  /** Carries out one call after all earlier ones. */
  call<K extends keyof Operations>(
    name: K,
    ...args: Operations[K]['args']
  ): Promise<Operations[K]['result']> {
    const broken = this.#broken ?? (this.#closing === undefined ? undefined : new SessionStoreClosedError());
    if (broken !== undefined) return Promise.reject(broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        call: { name, args } as Call,
        settle: (result) => {
          if (result.ok) resolve(result.value as Operations[K]['result']);
          else reject(errorFromCode(result.code, result.message));
        },
        fail: reject,
      });
      // Calls of one tick go together.
      if (this.#waiting.length === 1)
        queueMicrotask(() => {
          this.#sendBatch();
        });
    });
  }

  watch(id: string): void {
    this.#post({ type: 'watch', id });
  }

  unwatch(id: string): void {
    this.#post({ type: 'unwatch', id });
  }

  /** Finishes the calls made so far, then ends the thread. */
  close(): Promise<void> {
    this.#closing ??= new Promise<void>((resolve) => {
      this.#closed = resolve;
      if (this.#broken === undefined) this.#closeWhenIdle();
      else resolve();
    });
    return this.#closing;
  }

  #sendBatch(): void {
    if (this.#running.length > 0 || this.#waiting.length === 0) return;
    this.#running = this.#waiting;
    this.#waiting = [];
    this.#post({ type: 'batch', now: this.#now(), calls: this.#running.map(({ call }) => call) });
  }

  #receive(response: Response): void {
    if (response.type === 'results') {
      const done = this.#running;
      this.#running = [];
      done.forEach((pending, index) => {
        const result = response.results[index];
        if (result !== undefined) pending.settle(result);
      });
      this.#sendBatch();
      if (this.#closing !== undefined) this.#closeWhenIdle();
    } else if (response.type === 'versions') {
      this.#events.versions(response.versions);
    } else if (response.type === 'upkeep-failed') {
      this.#events.upkeepFailed(errorFromCode(response.code, response.message));
    }
  }

  #closeWhenIdle(): void {
    if (this.#running.length === 0 && this.#waiting.length === 0) this.#post({ type: 'close' });
  }

  #break(error: SessionError): void {
    this.#broken ??= error;
    for (const pending of [...this.#running, ...this.#waiting]) pending.fail(error);
    this.#running = [];
    this.#waiting = [];
    this.#closed();
  }

  #post(request: Request): void {
    if (this.#broken === undefined) this.#worker.postMessage(request);
  }
}
