import type { SessionStore } from '@qwenvl/sessions';

/** Options of `ReaderPresence`. */
export interface ReaderPresenceOptions {
  readonly store: SessionStore;
  /** How long after its last reader has left a session is cancelled, in milliseconds; 0 is never. */
  readonly cancelAfterMs: number;
  /** How long readers that nobody keeps any more hold an ended session, in milliseconds. */
  readonly holdMs: number;
  /** Hears when presence could not be written; it is written again at the next turn. */
  readonly onError: (error: unknown) => void;
}

// Often enough that one missed turn does not let a timer run out.
const turnsPerTimer = 3;

/**
 * Keeps the presence of readers in the store: it holds what they read against expiry, and moves the disconnect
 * timers. While a session has readers here its times are pushed ahead again and again; when the last one leaves, the
 * time of its cancel is set once more, and both stand. So timers start by themselves when a process dies, run on
 * through a restart, and readers at several processes need not know each other.
 */
export class ReaderPresence {
  readonly #options: ReaderPresenceOptions;
  readonly #readers = new Map<string, number>();
  #turns: readonly NodeJS.Timeout[] = [];
  readonly #whenEmpty: (() => void)[] = [];
  #stopped = false;

  constructor(options: ReaderPresenceOptions) {
    this.#options = options;
  }

  /** Readers that are here. */
  get readers(): number {
    return [...this.#readers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Counts a reader in; call what is returned once it has left. */
  enter(key: string): () => void {
    const before = this.#readers.get(key) ?? 0;
    this.#readers.set(key, before + 1);
    if (before === 0) {
      this.#push(key, true);
      this.#hold(key);
    }
    if (this.#turns.length === 0 && !this.#stopped) this.#startTurns();
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
    for (const turn of this.#turns) clearInterval(turn);
  }

  #startTurns(): void {
    const { cancelAfterMs, holdMs } = this.#options;
    const everyTurn = (timerMs: number, act: (key: string) => void) =>
      setInterval(() => {
        for (const key of this.#readers.keys()) act(key);
      }, timerMs / turnsPerTimer).unref();
    const holding = everyTurn(holdMs, (key) => {
      this.#hold(key);
    });
    const pushing = everyTurn(cancelAfterMs, (key) => {
      this.#push(key, true);
    });
    if (cancelAfterMs === 0) clearInterval(pushing);
    this.#turns = [holding, pushing];
  }

  #hold(key: string): void {
    const { store, holdMs, onError } = this.#options;
    if (this.#stopped) return;
    store.hold(key, Date.now() + holdMs).catch(onError);
  }

  #push(key: string, attended: boolean): void {
    const { store, cancelAfterMs, onError } = this.#options;
    if (cancelAfterMs === 0 || this.#stopped) return;
    store.setPresence(key, { attended, cancelAt: Date.now() + cancelAfterMs }).catch(onError);
  }
}
