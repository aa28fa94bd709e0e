import { checkCursor } from './cursor.js';
import { CursorEvictedError, SessionGoneError } from './errors.js';
import type { SessionStore, SessionWatch } from './session-store.js';
import type { PageLimit, SessionEvent, SessionInfo } from './types.js';

/** Options of `followSession`. */
export interface FollowOptions {
  /** Index of the last event that the reader has; -1, the default, replays from the start. */
  readonly after?: number | undefined;
  /** After this long without an event, in milliseconds, an empty step is yielded. Default 15,000. */
  readonly heartbeatMs?: number | undefined;
  /** Bounds of one step; default 256 events and 64 KiB. */
  readonly page?: PageLimit | undefined;
  /** Ends the loop without an error. */
  readonly signal?: AbortSignal | undefined;
}

/** The next events in order; none is a heartbeat. */
export interface FollowStep {
  readonly events: readonly SessionEvent[];
  readonly session: SessionInfo;
}

const defaultPage: PageLimit = { maxEvents: 256, maxBytes: 64 * 1024 };

/**
 * Reads a session from a cursor on: what is there already, then what comes, until its terminal event. The reader
 * pulls: a step is fetched when it is asked for, so a reader that stands still holds at most one step, however
 * fast the producer is. Leaving the loop frees everything.
 *
 * @throws CursorInFutureError | CursorEvictedError (also when the reader falls behind the kept events)
 * @throws SessionGoneError where the session does not exist or is deleted meanwhile
 */
export async function* followSession(
  store: SessionStore,
  id: string,
  options: FollowOptions = {},
): AsyncGenerator<FollowStep, void, undefined> {
  const { heartbeatMs = 15_000, page: limit = defaultPage, signal } = options;
  let after = options.after ?? -1;
  let started = false;
  const watch = store.watch(id);
  try {
    while (signal?.aborted !== true) {
      const page = await store.read(id, after, limit);
      if (page === undefined) throw new SessionGoneError();
      const { events, session } = page;
      if (!started) checkCursor(after, session);
      else if (after + 1 < session.firstIndex) throw new CursorEvictedError(session.firstIndex);
      started = true;
      const last = events.at(-1);
      if (last !== undefined) {
        after = last.index;
        yield page;
      }
      if (after + 1 < session.nextIndex) continue;
      if (session.state !== 'running') return;
      if (!(await changedWithin(watch, session.version, heartbeatMs, signal))) yield { events: [], session };
    }
  } finally {
    watch.close();
  }
}

async function changedWithin(
  watch: SessionWatch,
  version: number,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const over = new AbortController();
  const stop = () => {
    over.abort();
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop();
  }, milliseconds);
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted !== true) await watch.changed(version, over.signal);
    return !timedOut;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
