import assert from 'node:assert/strict';
import { followSession } from '../follow-session.js';
import type { FollowOptions } from '../follow-session.js';
import type { SessionStore } from '../session-store.js';
import { SessionWriter } from '../session-writer.js';
import type { Behaviour } from './behaviour.js';
import { ending, events, make, newSession, outcome, within } from './behaviour.js';

async function follow(store: SessionStore, id: string, options: FollowOptions = {}): Promise<string[]> {
  const data: string[] = [];
  for await (const step of followSession(store, id, options))
    data.push(...step.events.map((event) => event.data));
  return data;
}

/** Readers and writers on top of a store. */
export const followBehaviours: readonly Behaviour[] = [
  {
    name: 'replays, then follows live, until the terminal event',
    async run({ store }) {
      const lease = await make(store, 'a');
      await store.append(lease, events('0', '1'));
      const readers = [-1, 0, 1].map((after) => follow(store, 'a', { after }));
      await store.append(lease, events('2'));
      await store.append(lease, ending('3'));
      assert.deepEqual(await within(5000, Promise.all(readers)), [
        ['0', '1', '2', '3'],
        ['1', '2', '3'],
        ['2', '3'],
      ]);
    },
  },
  {
    name: 'yields an empty step while nothing happens',
    async run({ store }) {
      await make(store, 'a');
      const reader = followSession(store, 'a', { heartbeatMs: 5 });
      const step = await within(5000, reader.next());
      assert.deepEqual(step.value?.events, []);
      await reader.return();
    },
  },
  {
    name: 'refuses cursors in the future and before what is kept',
    limits: { maxEvents: 2 },
    async run({ store }) {
      const lease = await make(store, 'a');
      await assert.rejects(follow(store, 'a', { after: 0 }), { code: 'CURSOR_IN_FUTURE' });
      await store.append(lease, ending('0', '1', '2'));
      await assert.rejects(follow(store, 'a'), { code: 'CURSOR_EVICTED', firstIndex: 1 });
      assert.deepEqual(await follow(store, 'a', { after: 0 }), ['1', '2']);
      await assert.rejects(follow(store, 'a', { after: 3 }), { code: 'CURSOR_IN_FUTURE' });
    },
  },
  {
    name: 'tells a reader that fell behind the kept events',
    limits: { maxEvents: 2 },
    async run({ store }) {
      const lease = await make(store, 'a');
      await store.append(lease, events('0', '1'));
      const reader = followSession(store, 'a', { page: { maxEvents: 1, maxBytes: 10 } });
      await reader.next();
      await store.append(lease, events('2', '3', '4'));
      await assert.rejects(reader.next(), { code: 'CURSOR_EVICTED', firstIndex: 3 });
    },
  },
  {
    name: 'ends a waiting reader when its session is deleted',
    async run({ store }) {
      await make(store, 'a');
      const ended = assert.rejects(within(5000, follow(store, 'a')), { code: 'SESSION_GONE' });
      await store.delete('a');
      await ended;
    },
  },
  {
    name: 'ends a reader by its signal, also before it began',
    async run({ store }) {
      await make(store, 'a');
      const controller = new AbortController();
      const reader = follow(store, 'a', { signal: controller.signal });
      controller.abort();
      assert.deepEqual(await within(5000, reader), []);
      assert.deepEqual(await follow(store, 'a', { signal: controller.signal }), []);
    },
  },
  {
    name: 'groups what a writer is given, in order, and ends with it',
    async run({ store }) {
      const made = await store.create(newSession('a'));
      assert.ok(made.created);
      const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 10_000 });
      const reader = follow(store, 'a');
      const data = Array.from({ length: 100 }, (_, index) => String(index));
      for (const one of data) await writer.write(events(one));
      const ended = await writer.end(events('end'), outcome);
      assert.equal(ended.state, 'completed');
      assert.equal(ended.tokenCount, 101);
      assert.deepEqual(await within(5000, reader), [...data, 'end']);
    },
  },
  {
    name: 'ends a session while its lease is being renewed',
    async run({ store }) {
      for (const id of Array.from({ length: 20 }, (_, index) => String(index))) {
        const made = await store.create(newSession(id));
        assert.ok(made.created);
        const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 3 });
        for (const one of ['0', '1', '2', '3']) {
          await writer.write(events(one));
          await writer.flush();
        }
        assert.equal((await writer.end(events('end'), outcome)).state, 'completed');
      }
    },
  },
  {
    name: 'tells a writer of a cancel while it writes nothing',
    async run({ store }) {
      const made = await store.create(newSession('a'));
      assert.ok(made.created);
      const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 10_000 });
      const told = new Promise((resolve) => {
        writer.cancelled.addEventListener('abort', resolve);
      });
      await store.requestCancel('a');
      await within(5000, told);
      await writer.abandon();
    },
  },
  {
    name: 'stops a writer that was fenced off',
    async run({ store, advance }) {
      const made = await store.create(newSession('a'));
      assert.ok(made.created);
      const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 10_000 });
      advance(10_000);
      assert.notEqual(await store.acquire('a', 10_000), undefined);
      await writer.write(events('x'));
      await assert.rejects(writer.flush(), { code: 'LEASE_LOST' });
      assert.equal(writer.lost.aborted, true);
      await assert.rejects(writer.end(events('y'), outcome), { code: 'LEASE_LOST' });
      assert.equal((await store.get('a'))?.nextIndex, 0);
    },
  },
  {
    name: 'leaves an abandoned session to the next producer, all written events stored',
    async run({ store }) {
      const made = await store.create(newSession('a'));
      assert.ok(made.created);
      const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 10_000 });
      void writer.write(events('x', 'y'));
      await writer.abandon();
      assert.deepEqual((await store.acquire('a', 1000))?.tokens, [0, 1]);
    },
  },
];
