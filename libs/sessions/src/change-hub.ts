import type { SessionWatch } from './session-store.js';

interface Watched {
  version: number;
  watches: number;
  readonly waiting: Set<() => void>;
}

/** Hears which sessions are watched, so that a backend looks for changes of others only there. */
export interface WatchListener {
  watched(id: string): void;
  unwatched(id: string): void;
}

/** Wakes those who wait for changes, in this process. Holds nothing for sessions that nobody watches. */
export class ChangeHub {
  readonly #sessions = new Map<string, Watched>();
  readonly #listener: WatchListener | undefined;
  #closed = false;

  constructor(listener?: WatchListener) {
    this.#listener = listener;
  }

  /** Reports a session's new version; `Infinity` when it is gone, after which it may start anew. */
  publish(id: string, version: number): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    if (version <= session.version && session.version !== Number.POSITIVE_INFINITY) return;
    session.version = version;
    wake(session);
  }

  /** Forgets all versions and wakes everyone: changes may have been missed, or undone. */
  reset(): void {
    for (const session of this.#sessions.values()) {
      session.version = -1;
      wake(session);
    }
  }

  watch(id: string): SessionWatch {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = { version: -1, watches: 0, waiting: new Set() };
      this.#sessions.set(id, session);
      this.#listener?.watched(id);
    }
    session.watches += 1;
    const own = new Set<() => void>();
    let open = true;
    return {
      changed: (version, signal) => {
        if (!open || this.#closed || session.version > version || signal?.aborted === true) {
          return Promise.resolve();
        }
        return new Promise((resolve) => {
          const done = () => {
            session.waiting.delete(done);
            own.delete(done);
            signal?.removeEventListener('abort', done);
            resolve();
          };
          session.waiting.add(done);
          own.add(done);
          signal?.addEventListener('abort', done);
        });
      },
      close: () => {
        if (!open) return;
        open = false;
        for (const done of [...own]) done();
        session.watches -= 1;
        if (session.watches > 0) return;
        this.#sessions.delete(id);
        this.#listener?.unwatched(id);
      },
    };
  }

  /** Wakes everyone, for good. */
  close(): void {
    this.#closed = true;
    for (const session of this.#sessions.values()) wake(session);
  }
}

function wake(session: Watched): void {
  for (const done of [...session.waiting]) done();
}
