import assert from 'node:assert/strict';
import type { ExpireLimits } from '../types.js';
import type { Behaviour } from './behaviour.js';
import { ending, events, make, outcome, readAll } from './behaviour.js';

/** Deletes nothing. */
const limits: ExpireLimits = { ttlMs: 1e9, maxTotalBytes: 1e9, maxHoldMs: 0 };

/** Cancel, the disconnect timer, expiry and deletion. */
export const controlBehaviours: readonly Behaviour[] = [
  {
    name: 'shows a cancel to the producer, however often it is asked for',
    async run({ store }) {
      const lease = await make(store, 'a');
      await store.requestCancel('a');
      const again = await store.requestCancel('a');
      assert.equal(again?.cancelRequested, true);
      assert.equal(again.state, 'running');
      assert.equal((await store.append(lease, events('x'))).cancelRequested, true);
      assert.equal((await store.renew(lease, 1000)).cancelRequested, true);
    },
  },
  {
    name: 'leaves an ended session as it is when it is cancelled',
    async run({ store }) {
      const lease = await make(store, 'a');
      const [ended, cancelled] = await Promise.all([
        store.append(lease, ending('x')),
        store.requestCancel('a'),
      ]);
      assert.equal(ended.state, 'completed');
      assert.deepEqual(cancelled, ended);
    },
  },
  {
    name: 'lets exactly one of completion and cancel win',
    async run({ store }) {
      const lease = await make(store, 'a');
      const cancelled = { ...outcome, state: 'cancelled' as const };
      const ends = await Promise.allSettled([
        store.append(lease, ending('completed')),
        store.append(lease, { ...events('cancelled'), outcome: cancelled }),
      ]);
      assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
      assert.equal((await readAll(store, 'a')).length, 1);
    },
  },
  {
    name: 'reports a session as unattended once its time has come, until it is cancelled',
    async run({ store, advance }) {
      const start = Date.UTC(2026, 0, 1);
      await make(store, 'a', { cancelAt: start + 100, leaseMs: 100_000 });
      await make(store, 'never', { leaseMs: 100_000 });
      assert.deepEqual((await store.due(10)).unattended, []);
      advance(100);
      assert.deepEqual((await store.due(10)).unattended, ['a']);
      await store.requestCancel('a');
      assert.deepEqual((await store.due(10)).unattended, []);
    },
  },
  {
    name: 'moves the time of the cancel later, never earlier, and notes whether readers are there',
    async run({ store }) {
      await make(store, 'a', { cancelAt: 100 });
      assert.equal((await store.get('a'))?.attended, true);
      await store.setPresence('a', { attended: true, cancelAt: 300 });
      await store.setPresence('a', { attended: false, cancelAt: 200 });
      const session = await store.get('a');
      assert.equal(session?.cancelAt, 300);
      assert.equal(session.attended, false);
    },
  },
  {
    name: 'starts the timer of a session that had none',
    async run({ store }) {
      await make(store, 'a');
      await store.setPresence('a', { attended: false, cancelAt: 500 });
      assert.equal((await store.get('a'))?.cancelAt, 500);
    },
  },
  {
    name: 'deletes ended sessions after their time, running ones never',
    async run({ store, advance }) {
      await store.append(await make(store, 'early'), ending('x'));
      advance(1000);
      await store.append(await make(store, 'late'), ending('x'));
      await make(store, 'running');
      advance(500);
      assert.equal(await store.expire({ ...limits, ttlMs: 1500 }), 1);
      assert.equal(await store.get('early'), undefined);
      assert.equal((await store.get('late'))?.state, 'completed');
      advance(100_000);
      assert.equal(await store.expire({ ...limits, ttlMs: 1500 }), 1);
      assert.equal((await store.get('running'))?.state, 'running');
    },
  },
  {
    name: 'deletes the longest ended sessions until the rest fits the total size',
    async run({ store, advance }) {
      for (const id of ['a', 'b', 'c']) {
        await store.append(await make(store, id), ending('x'.repeat(100)));
        advance(1);
      }
      assert.equal(await store.expire({ ...limits, maxTotalBytes: 200 }), 1);
      assert.equal(await store.get('a'), undefined);
      assert.equal(await store.expire({ ...limits, maxTotalBytes: 0 }), 2);
    },
  },
  {
    name: 'spares a session while readers hold it, and not for ever',
    async run({ store, advance }) {
      const start = Date.UTC(2026, 0, 1);
      for (const id of ['left', 'held']) await store.append(await make(store, id), ending('x'));
      await store.hold('held', start + 5000);
      await store.hold('held', start + 10);
      await store.hold('unknown', start);
      advance(1000);
      assert.equal(await store.expire({ ...limits, ttlMs: 1000, maxHoldMs: 2000 }), 1);
      assert.equal((await store.get('held'))?.state, 'completed');
      advance(2000);
      assert.equal(await store.expire({ ...limits, ttlMs: 1000, maxHoldMs: 2000 }), 1);
    },
  },
  {
    name: 'deletes a session whose readers have let go of it',
    async run({ store, advance }) {
      await store.append(await make(store, 'a'), ending('x'));
      await store.hold('a', Date.UTC(2026, 0, 1) + 500);
      advance(499);
      assert.equal(await store.expire({ ...limits, ttlMs: 0, maxHoldMs: 1e6 }), 0);
      advance(1);
      assert.equal(await store.expire({ ...limits, ttlMs: 0, maxHoldMs: 1e6 }), 1);
    },
  },
  {
    name: 'makes room with sessions that nobody holds before those that readers do',
    async run({ store, advance }) {
      for (const id of ['a', 'b']) {
        await store.append(await make(store, id), ending('x'.repeat(100)));
        advance(1);
      }
      await store.hold('a', Date.UTC(2026, 0, 1) + 1e6);
      assert.equal(await store.expire({ ...limits, maxTotalBytes: 100, maxHoldMs: 1000 }), 1);
      assert.equal((await store.get('a'))?.state, 'completed');
      advance(1000);
      assert.equal(await store.expire({ ...limits, maxTotalBytes: 0, maxHoldMs: 1000 }), 1);
    },
  },
  {
    name: 'counts the request of a running session towards the total size',
    async run({ store }) {
      await store.append(await make(store, 'ended'), ending('x'));
      await make(store, 'running', { request: 'r'.repeat(500) });
      assert.equal(await store.expire({ ...limits, maxTotalBytes: 400 }), 1);
    },
  },
  {
    name: 'starts from nothing when a deleted id is used again',
    async run({ store }) {
      const lease = await make(store, 'a');
      await store.append(lease, events('old'));
      assert.equal(await store.delete('a'), true);
      await make(store, 'a', { requestHash: 'other' });
      const session = await store.get('a');
      assert.equal(session?.requestHash, 'other');
      assert.equal(session.nextIndex, 0);
      assert.deepEqual(await readAll(store, 'a'), []);
    },
  },
];
