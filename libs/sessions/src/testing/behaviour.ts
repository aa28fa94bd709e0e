import type { SessionStore } from '../session-store.js';
import type { Append, NewSession, SessionOutcome } from '../types.js';

/** What a store under test is opened with. */
export interface StoreUnderTestOptions {
  readonly now: () => number;
  readonly maxEventsPerSession: number;
  readonly maxBytesPerSession: number;
}

/** An empty store and what belongs to it. */
export interface StoreUnderTest {
  readonly store: SessionStore;
  /** The same data through a store of its own, as another process has it; absent where a backend has no others. */
  readonly another?: (() => Promise<SessionStore>) | undefined;
  /** Frees everything, `store` and all others included. */
  dispose(): Promise<void>;
}

/** Makes an empty store for one behaviour. */
export type StoreFactory = (options: StoreUnderTestOptions) => Promise<StoreUnderTest>;

/** What a behaviour works with. */
export interface BehaviourContext {
  readonly store: SessionStore;
  /** @throws where the backend has no other processes; behaviours with `shared` may count on it */
  readonly another: () => Promise<SessionStore>;
  /** Moves the stores' clock forward. */
  readonly advance: (milliseconds: number) => void;
}

/** One promise of `SessionStore`, checked against a real store; `run` rejects where it is broken. */
export interface Behaviour {
  readonly name: string;
  /** Needs a backend that several processes share. */
  readonly shared?: boolean;
  /** Defaults: 1000 events and 1 MB a session. */
  readonly limits?: { readonly maxEvents?: number; readonly maxBytes?: number };
  readonly run: (context: BehaviourContext) => Promise<void>;
}

/** Opens a store, runs one behaviour on it, and frees it. @throws what the behaviour found */
export async function runBehaviour(behaviour: Behaviour, open: StoreFactory): Promise<void> {
  let now = Date.UTC(2026, 0, 1);
  const tested = await open({
    now: () => now,
    maxEventsPerSession: behaviour.limits?.maxEvents ?? 1000,
    maxBytesPerSession: behaviour.limits?.maxBytes ?? 1_000_000,
  });
  try {
    await behaviour.run({
      store: tested.store,
      another: () => tested.another?.() ?? Promise.reject(new Error('This backend is not shared.')),
      advance: (milliseconds) => {
        now += milliseconds;
      },
    });
  } finally {
    await tested.dispose();
  }
}

/** A session to be made, with a lease of ten seconds. */
export function newSession(id: string, changes: Partial<NewSession> = {}): NewSession {
  return { id, requestHash: 'hash', request: '{"seed":7}', leaseMs: 10_000, cancelAt: null, ...changes };
}

/** Makes a session and returns its lease. */
export async function make(store: SessionStore, id: string, changes: Partial<NewSession> = {}) {
  const made = await store.create(newSession(id, changes));
  if (!made.created) throw new Error(`Session ${id} exists already.`);
  return made.lease;
}

export const outcome: SessionOutcome = {
  state: 'completed',
  finishReason: 'stop',
  usage: { promptTokens: 5, completionTokens: 2, cachedTokens: 1 },
};

/** An append of these events, a token for each. */
export function events(...data: string[]): Append {
  return { events: data, tokens: data.map((_, index) => index) };
}

/** The last append of a session. */
export function ending(...data: string[]): Append {
  return { ...events(...data), outcome };
}

/** All events from a cursor on, page by page. */
export async function readAll(store: SessionStore, id: string, after = -1): Promise<string[]> {
  const data: string[] = [];
  for (let cursor = after; ;) {
    const page = await store.read(id, cursor, { maxEvents: 7, maxBytes: 1000 });
    const last = page?.events.at(-1);
    if (page === undefined || last === undefined) return data;
    data.push(...page.events.map((event) => event.data));
    cursor = last.index;
  }
}

/** Rejects after a deadline; every wait of a test has one. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`Nothing happened within ${milliseconds} ms.`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
