import assert from 'node:assert/strict';
import type { Behaviour } from './behaviour.js';
import { ending, events, make, readAll } from './behaviour.js';

/** Who may write. */
export const leaseBehaviours: readonly Behaviour[] = [
  {
    name: 'hands a session to nobody while its lease lives',
    async run({ store, advance }) {
      const lease = await make(store, 'a');
      advance(9_999);
      assert.equal(await store.acquire('a', 1000), undefined);
      await store.renew(lease, 10_000);
      advance(9_999);
      assert.equal(await store.acquire('a', 1000), undefined);
      assert.deepEqual((await store.due(10)).orphaned, []);
    },
  },
  {
    name: 'hands an orphan to one new producer, with request and tokens, and fences the old one off',
    async run({ store, advance }) {
      const old = await make(store, 'a');
      await store.append(old, { events: ['x'], tokens: [11, 12], promptTokens: 9 });
      await store.append(old, { events: [], tokens: [13] });
      advance(10_000);
      assert.deepEqual((await store.due(10)).orphaned, ['a']);
      const taken = await Promise.all([store.acquire('a', 5000), store.acquire('a', 5000)]);
      const acquired = taken[0] ?? taken[1];
      assert.equal(taken.filter((one) => one !== undefined).length, 1);
      assert.equal(acquired?.request, '{"seed":7}');
      assert.deepEqual(acquired.tokens, [11, 12, 13]);
      assert.equal(acquired.session.promptTokens, 9);
      await assert.rejects(store.append(old, events('late')), { code: 'LEASE_LOST' });
      await assert.rejects(store.renew(old, 1000), { code: 'LEASE_LOST' });
      await store.release(old);
      assert.equal(await store.acquire('a', 1000), undefined);
      await store.append(acquired.lease, events('y'));
      assert.deepEqual(await readAll(store, 'a'), ['x', 'y']);
    },
  },
  {
    name: 'lets a producer go on whose lease ran out while nobody else took over',
    async run({ store, advance }) {
      const lease = await make(store, 'a');
      advance(60_000);
      await store.append(lease, events('x'));
      await store.renew(lease, 10_000);
      assert.equal(await store.acquire('a', 1000), undefined);
    },
  },
  {
    name: 'hands a released session over at once',
    async run({ store }) {
      await store.release(await make(store, 'a'));
      assert.deepEqual((await store.due(10)).orphaned, ['a']);
      assert.notEqual(await store.acquire('a', 1000), undefined);
    },
  },
  {
    name: 'hands out no session that has ended',
    async run({ store, advance }) {
      await store.append(await make(store, 'a'), ending('x'));
      advance(60_000);
      assert.equal(await store.acquire('a', 1000), undefined);
      assert.deepEqual((await store.due(10)).orphaned, []);
    },
  },
  {
    name: 'refuses a producer whose session was deleted, or made anew under its id',
    async run({ store }) {
      const lease = await make(store, 'a');
      await store.delete('a');
      await assert.rejects(store.append(lease, events('x')), { code: 'LEASE_LOST' });
    },
  },
  {
    name: 'names the longest orphaned first, as many as asked for',
    async run({ store, advance }) {
      await make(store, 'c', { leaseMs: 3 });
      await make(store, 'a', { leaseMs: 1 });
      await make(store, 'b', { leaseMs: 2 });
      advance(10);
      assert.deepEqual((await store.due(2)).orphaned, ['a', 'b']);
    },
  },
];
