import { ApiError } from '@qwenvl/openai';

/** Bounds of {@link Admission}. */
export interface AdmissionLimits {
  /** Requests that run at once. */
  readonly maxConcurrency: number;
  /** Requests that may wait behind them. */
  readonly maxQueue: number;
}

/** A request's place in the server, from its admission to its end. */
export interface Ticket {
  /**
   * Waits for the request's turn. Turns go round between lanes, within a lane in order of arrival.
   *
   * @throws The signal's reason, when it aborts first.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Gives the place back. Idempotent. */
  release(): void;
}

/** Weight of the newest duration in the running mean. */
const MEAN_WEIGHT = 0.2;
/** Bounds of `Retry-After` in seconds. */
const RETRY_SECONDS = { min: 1, max: 60 };

/** Decides which requests run, which wait and which are refused; knows nothing of what they are. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #now: () => number;
  readonly #lanes = new Map<string, Waiting[]>();
  #admitted = 0;
  #running = 0;
  #meanSeconds = 5;

  /** @param now Clock in milliseconds, to estimate `Retry-After`. */
  constructor(limits: AdmissionLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Requests that run now. */
  get running(): number {
    return this.#running;
  }

  /** Requests that were admitted and do not run yet. */
  get waiting(): number {
    return this.#admitted - this.#running;
  }

  /**
   * Admits a request of a lane (an API key, a user), before anything costly is done for it.
   *
   * @throws ApiError 429 with `Retry-After` when the server is full.
   */
  enter(lane: string): Ticket {
    const { maxConcurrency, maxQueue } = this.#limits;
    if (this.#admitted >= maxConcurrency + maxQueue) throw this.#refusal();
    this.#admitted += 1;
    let startedAt: number | undefined;
    let isReleased = false;
    return {
      start: async (signal) => {
        await this.#takeSlot(lane, signal);
        startedAt = this.#now();
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#admitted -= 1;
        if (startedAt === undefined) return;
        const seconds = (this.#now() - startedAt) / 1000;
        this.#meanSeconds += MEAN_WEIGHT * (seconds - this.#meanSeconds);
        this.#freeSlot();
      },
    };
  }

  #refusal(): ApiError {
    const seconds = (this.#meanSeconds * (this.waiting + 1)) / this.#limits.maxConcurrency;
    return new ApiError({
      status: 429,
      code: 'queue_full',
      message: 'The server is busy and its queue is full; try again later.',
      retryAfterSeconds: Math.ceil(Math.min(RETRY_SECONDS.max, Math.max(RETRY_SECONDS.min, seconds))),
    });
  }

  #takeSlot(lane: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#limits.maxConcurrency && this.#lanes.size === 0) {
      this.#running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const queue = this.#lanes.get(lane) ?? [];
      this.#lanes.set(lane, queue);
      const waiting: Waiting = {
        go: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        if (queue.length === 0) this.#lanes.delete(lane);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(waiting);
    });
  }

  /** Passes a slot on to the lane that has waited longest for a turn, which then goes to the end of the round. */
  #freeSlot(): void {
    const first = this.#lanes.entries().next();
    if (first.done === true) {
      this.#running -= 1;
      return;
    }
    const [lane, queue] = first.value;
    const next = queue.shift();
    this.#lanes.delete(lane);
    if (queue.length > 0) this.#lanes.set(lane, queue);
    next?.go();
  }
}

interface Waiting {
  readonly go: () => void;
}
