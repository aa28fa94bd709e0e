import type { Acquired, SessionStore } from '@qwenvl/sessions';

/** Options of `Upkeep`. */
export interface UpkeepOptions {
  readonly store: SessionStore;
  /** Length of the lease with which orphans are taken, in milliseconds. */
  readonly leaseMs: number;
  /** How long a session may be without readers, in milliseconds; 0 is for ever. */
  readonly cancelAfterMs: number;
  /** See `ExpireLimits`. */
  readonly ttlMs: number;
  readonly maxTotalBytes: number;
  readonly maxHoldMs: number;
  /** Whether this process produces a session; it then keeps it, also where its lease was renewed too late. */
  readonly produces: (key: string) => boolean;
  /** Takes an orphan on. */
  readonly adopt: (orphan: Acquired) => void;
  /** Hears of what went wrong; it is tried again at the next turn. */
  readonly onError: (error: unknown) => void;
}

const turnMs = 500;
const turnsPerExpiry = 10;
// One turn's work; more than this waits for the next.
const atOnce = 32;

/** What has to be done for sessions that nobody in this process looks after: cancel, take on, delete. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  /** Begins with a turn at once. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends after the turn that is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stop.signal.aborted; turn += 1) {
      try {
        await this.#turn(turn % turnsPerExpiry === 0);
      } catch (error) {
        this.#options.onError(error);
      }
      await pause(turnMs, this.#stop.signal);
    }
  }

  async #turn(expires: boolean): Promise<void> {
    const { store, leaseMs, cancelAfterMs, ttlMs, maxTotalBytes, maxHoldMs, produces, adopt } = this.#options;
    const { unattended, orphaned } = await store.due(atOnce);
    if (cancelAfterMs > 0) await Promise.all(unattended.map((key) => this.#leave(key)));
    for (const key of orphaned) {
      if (this.#stop.signal.aborted) return;
      if (produces(key)) continue;
      const orphan = await store.acquire(key, leaseMs);
      if (orphan !== undefined) adopt(orphan);
    }
    if (expires) await store.expire({ ttlMs, maxTotalBytes, maxHoldMs });
  }

  // Readers that nobody keeps any more were cut off with their server: they get a whole timer to come back.
  async #leave(key: string): Promise<void> {
    const { store, cancelAfterMs } = this.#options;
    const session = await store.get(key);
    if (session?.attended === true) {
      await store.setPresence(key, { attended: false, cancelAt: Date.now() + cancelAfterMs });
    } else {
      await store.requestCancel(key);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
