import type { SessionStore } from '@qwenvl/sessions';

/** Options of `ReaderPresence`. */
export interface ReaderPresenceOptions {
  readonly store: SessionStore;
  /** How long after its last reader has left a session is cancelled, in milliseconds; 0 is never. */
  readonly cancelAfterMs: number;
  /** Hears when the timer could not be written; it is written again at the next turn. */
  readonly onError: (error: unknown) => void;
}

// Often enough that one missed turn does not let a timer run out.
const turnsPerTimer = 3;

/**
 * Keeps the disconnect timers in the store. While a session has readers here its time of cancel is pushed ahead
 * again and again; when the last one leaves it is set once more and then stands. So the timer starts by itself
 * when a process dies, runs on through a restart, and readers at several processes need not know each other.
 */
export class ReaderPresence {
  readonly #options: ReaderPresenceOptions;
  readonly #readers = new Map<string, number>();
  #turns: NodeJS.Timeout | undefined;
  readonly #whenEmpty: (() => void)[] = [];
  #stopped = false;

  constructor(options: ReaderPresenceOptions) {
    this.#options = options;
  }

  /** Counts a reader in; call what is returned once it has left. */
  enter(key: string): () => void {
    const before = this.#readers.get(key) ?? 0;
    this.#readers.set(key, before + 1);
    if (before === 0) this.#push(key, true);
    this.#turns ??= this.#startTurns();
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const left = (this.#readers.get(key) ?? 1) - 1;
      if (left > 0) {
        this.#readers.set(key, left);
        return;
      }
      this.#readers.delete(key);
      this.#push(key, false);
      if (this.#readers.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
    };
  }

  /** Resolves once no reader is here any more. */
  empty(): Promise<void> {
    if (this.#readers.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  /** From here on the server's own end, not the readers, ends connections: timers stay as they are. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#turns);
  }

  #startTurns(): NodeJS.Timeout | undefined {
    const { cancelAfterMs } = this.#options;
    if (cancelAfterMs === 0) return undefined;
    const turn = setInterval(() => {
      for (const key of this.#readers.keys()) this.#push(key, true);
    }, cancelAfterMs / turnsPerTimer);
    return turn.unref();
  }

  #push(key: string, attended: boolean): void {
    const { store, cancelAfterMs, onError } = this.#options;
    if (cancelAfterMs === 0 || this.#stopped) return;
    store.setPresence(key, { attended, cancelAt: Date.now() + cancelAfterMs }).catch(onError);
  }
}
