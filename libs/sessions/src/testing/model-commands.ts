import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AsyncCommand, Arbitrary } from 'fast-check';
import type { SessionStore } from '../session-store.js';
import { newSession, outcome } from './behaviour.js';
import { firstKept } from './model.js';
import type { Model, ModelSession } from './model.js';

/** The store under test; a crash replaces it. */
export interface RealStore {
  store: SessionStore;
  readonly maxEvents: number;
  advance(milliseconds: number): void;
  crash(): Promise<void>;
}

type Command = AsyncCommand<Model, RealStore>;

const ids = ['a', 'b', 'c'];
const leaseMs = 100;
const page = { maxEvents: 5, maxBytes: 1000 };
const maxHoldMs = 120;

function command(name: string, run: (model: Model, real: RealStore) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

function living(model: Model, id: string, fence: number): ModelSession | undefined {
  const session = model.sessions.get(id);
  return session?.state === 'running' && session.fence === fence ? session : undefined;
}

function create(id: string): Command {
  return command(`create ${id}`, async (model, { store }) => {
    const made = await store.create(newSession(id, { leaseMs }));
    assert.equal(made.created, !model.sessions.has(id));
    if (!made.created) return;
    assert.equal(made.lease.fence, 1);
    model.sessions.set(id, {
      events: [],
      tokens: [],
      state: 'running',
      fence: 1,
      leaseUntil: model.now + leaseMs,
      cancelRequested: false,
      finishedAt: 0,
      heldUntil: 0,
    });
  });
}

function append(id: string, fence: number, events: string[], ends: boolean): Command {
  return command(
    `append ${id}#${fence} ${JSON.stringify(events)}${ends ? ' end' : ''}`,
    async (model, { store }) => {
      const tokens = events.map((event) => event.length);
      const appending = store.append(
        { sessionId: id, fence },
        { events, tokens, outcome: ends ? outcome : undefined },
      );
      const session = living(model, id, fence);
      if (session === undefined) {
        await assert.rejects(appending, { code: 'LEASE_LOST' });
        return;
      }
      await appending;
      session.events.push(...events);
      session.tokens.push(...tokens);
      if (!ends) return;
      session.state = outcome.state;
      session.finishedAt = model.now;
    },
  );
}

function acquire(id: string): Command {
  return command(`acquire ${id}`, async (model, { store }) => {
    const acquired = await store.acquire(id, leaseMs);
    const session = model.sessions.get(id);
    if (session?.state !== 'running' || session.leaseUntil > model.now) {
      assert.equal(acquired, undefined);
      return;
    }
    session.fence += 1;
    session.leaseUntil = model.now + leaseMs;
    assert.equal(acquired?.lease.fence, session.fence);
    assert.deepEqual(acquired.tokens, session.tokens);
  });
}

function release(id: string, fence: number): Command {
  return command(`release ${id}#${fence}`, async (model, { store }) => {
    await store.release({ sessionId: id, fence });
    const session = model.sessions.get(id);
    if (session?.fence === fence) session.leaseUntil = 0;
  });
}

function cancel(id: string): Command {
  return command(`cancel ${id}`, async (model, { store }) => {
    const answer = await store.requestCancel(id);
    const session = model.sessions.get(id);
    if (session?.state === 'running') session.cancelRequested = true;
    assert.equal(answer?.cancelRequested, session?.cancelRequested);
  });
}

function read(id: string, after: number): Command {
  return command(`read ${id} after ${after}`, async (model, { store, maxEvents }) => {
    const answer = await store.read(id, after, page);
    const session = model.sessions.get(id);
    if (session === undefined) {
      assert.equal(answer, undefined);
      return;
    }
    const first = Math.max(after + 1, firstKept(session, maxEvents));
    const expected = session.events
      .slice(first, first + page.maxEvents)
      .map((data, offset) => ({ index: first + offset, data }));
    assert.deepEqual(answer?.events, expected);
    const { state, firstIndex, nextIndex, cancelRequested } = answer.session;
    assert.deepEqual(
      { state, firstIndex, nextIndex, cancelRequested },
      {
        state: session.state,
        firstIndex: firstKept(session, maxEvents),
        nextIndex: session.events.length,
        cancelRequested: session.cancelRequested,
      },
    );
  });
}

function hold(id: string, milliseconds: number): Command {
  return command(`hold ${id} for ${milliseconds}`, async (model, { store }) => {
    const until = model.now + milliseconds;
    await store.hold(id, until);
    const session = model.sessions.get(id);
    if (session !== undefined) session.heldUntil = Math.max(session.heldUntil, until);
  });
}

function expire(ttlMs: number): Command {
  return command(`expire ${ttlMs}`, async (model, { store }) => {
    const old = [...model.sessions].filter(
      ([, { state, finishedAt, heldUntil }]) =>
        state !== 'running' && finishedAt + ttlMs + (heldUntil > model.now ? maxHoldMs : 0) <= model.now,
    );
    assert.equal(await store.expire({ ttlMs, maxTotalBytes: 1e9, maxHoldMs }), old.length);
    for (const [id] of old) model.sessions.delete(id);
  });
}

function advance(milliseconds: number): Command {
  return command(`advance ${milliseconds}`, (model, real) => {
    model.now += milliseconds;
    real.advance(milliseconds);
    return Promise.resolve();
  });
}

const crash = command('crash', (_model, real) => real.crash());

/** Arbitrary commands; `crashes` where the backend outlives its process. */
export function modelCommands(crashes: boolean): Arbitrary<Command>[] {
  const id = fc.constantFrom(...ids);
  const fence = fc.integer({ min: 1, max: 3 });
  const events = fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { minLength: 1, maxLength: 4 });
  const ends = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);
  return [
    id.map(create),
    fc.tuple(id, fence, events, ends).map((args) => append(...args)),
    fc.tuple(id, fc.constant(1), events, fc.constant(false)).map((args) => append(...args)),
    id.map(acquire),
    fc.tuple(id, fence).map((args) => release(...args)),
    id.map(cancel),
    fc.tuple(id, fc.integer({ min: -1, max: 20 })).map((args) => read(...args)),
    fc.tuple(id, fc.constantFrom(10, 200)).map((args) => hold(...args)),
    fc.constantFrom(0, 50).map(expire),
    fc.constantFrom(1, 50, 100).map(advance),
    ...(crashes ? [fc.constant(crash)] : []),
  ];
}
