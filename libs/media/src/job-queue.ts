import { MediaError } from './media-error.js';

interface Waiter {
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

/** Runs jobs first come, first served: so many at once, so many waiting, the rest refused. */
export class JobQueue {
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #waiting = new Set<Waiter>();
  #running = 0;
  #closed = false;

  constructor(concurrency: number, maxWaiting: number) {
    this.#concurrency = concurrency;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Waits for a turn, then runs the job.
   *
   * @throws MediaError `overloaded` when too many wait, `closed` after `close()`; the signal's reason when it is
   * aborted while waiting.
   */
  async run<T>(signal: AbortSignal | undefined, job: () => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError();
    signal?.throwIfAborted();
    if (this.#running >= this.#concurrency) await this.#turn(signal);
    else this.#running += 1;
    try {
      return await job();
    } finally {
      this.#next();
    }
  }

  /** Refuses those that wait and all that come; what runs goes on. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.refuse(closedError());
    this.#waiting.clear();
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#maxWaiting) {
      throw new MediaError('overloaded', `${this.#maxWaiting} media jobs already wait; try again later.`);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(waiter);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('Aborted.'));
      };
      const done = (settle: () => void) => (): void => {
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const waiter: Waiter = {
        start: done(resolve),
        refuse: (error) => {
          done(() => {
            reject(error);
          })();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  /** Hands the free place to the longest waiting job, or frees it. */
  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(first);
    first.start();
  }
}

function closedError(): MediaError {
  return new MediaError('closed', 'The media loader is closed.');
}
