import assert from 'node:assert/strict';
import type { Behaviour } from './behaviour.js';
import { ending, events, make, newSession, outcome, readAll } from './behaviour.js';

const page = { maxEvents: 100, maxBytes: 100_000 };

/** Making, appending, reading, evicting. */
export const logBehaviours: readonly Behaviour[] = [
  {
    name: 'makes a session once, whoever asks how often',
    async run({ store }) {
      const results = await Promise.all([1, 2, 3].map(() => store.create(newSession('a'))));
      assert.equal(results.filter(({ created }) => created).length, 1);
      assert.deepEqual(new Set(results.map(({ session }) => session.requestHash)), new Set(['hash']));
    },
  },
  {
    name: 'knows nothing of an unknown session',
    async run({ store }) {
      assert.equal(await store.get('a'), undefined);
      assert.equal(await store.read('a', -1, page), undefined);
      assert.equal(await store.requestCancel('a'), undefined);
      assert.equal(await store.acquire('a', 1000), undefined);
      assert.equal(await store.delete('a'), false);
      await store.setPresence('a', { attended: true, cancelAt: 1 });
    },
  },
  {
    name: 'numbers events from 0 without gaps and keeps their bytes',
    async run({ store }) {
      const lease = await make(store, 'a');
      const data = ['', 'æøå 漢字 🙂', 'line\nbreak', '\u0000', 'x'.repeat(3000)];
      for (const one of data) await store.append(lease, events(one));
      const read = await store.read('a', -1, page);
      assert.deepEqual(
        read?.events,
        data.map((one, index) => ({ index, data: one })),
      );
      assert.equal(read.session.nextIndex, 5);
    },
  },
  {
    name: 'keeps the order of appends that were not waited for',
    async run({ store }) {
      const lease = await make(store, 'a');
      const data = Array.from({ length: 50 }, (_, index) => `e${index}`);
      await Promise.all(data.map((one) => store.append(lease, events(one))));
      assert.deepEqual(await readAll(store, 'a'), data);
    },
  },
  {
    name: 'shows a read the append that was called before it',
    async run({ store }) {
      const lease = await make(store, 'a');
      void store.read('a', -1, page);
      void store.append(lease, events('one'));
      assert.equal((await store.read('a', -1, page))?.events.length, 1);
    },
  },
  {
    name: 'reads strictly after the cursor, in bounded pages of at least one event',
    async run({ store }) {
      const lease = await make(store, 'a');
      await store.append(lease, events('aaaa', 'bbbb', 'cccc', 'dddd'));
      const indices = async (after: number, maxEvents: number, maxBytes: number) =>
        (await store.read('a', after, { maxEvents, maxBytes }))?.events.map(({ index }) => index);
      assert.deepEqual(await indices(0, 2, 1000), [1, 2]);
      assert.deepEqual(await indices(-1, 100, 9), [0, 1]);
      assert.deepEqual(await indices(1, 100, 1), [2]);
      assert.deepEqual(await indices(3, 100, 1), []);
    },
  },
  {
    name: 'ends a session once, with outcome and usage, and takes nothing after that',
    async run({ store }) {
      const lease = await make(store, 'a');
      const ended = await store.append(lease, ending('last'));
      assert.equal(ended.state, 'completed');
      assert.deepEqual(ended.outcome, outcome);
      await assert.rejects(store.append(lease, events('more')), { code: 'LEASE_LOST' });
      await assert.rejects(store.append(lease, ending('again')), { code: 'LEASE_LOST' });
      assert.deepEqual(await readAll(store, 'a'), ['last']);
    },
  },
  {
    name: 'evicts the oldest events beyond the count, and says where the log begins',
    limits: { maxEvents: 3 },
    async run({ store }) {
      const lease = await make(store, 'a');
      await store.append(lease, events('a', 'b'));
      await store.append(lease, events('c', 'd', 'e'));
      const read = await store.read('a', -1, page);
      assert.equal(read?.session.firstIndex, 2);
      assert.deepEqual(read.events, [
        { index: 2, data: 'c' },
        { index: 3, data: 'd' },
        { index: 4, data: 'e' },
      ]);
    },
  },
  {
    name: 'evicts by bytes of UTF-8, the last event never',
    limits: { maxBytes: 10 },
    async run({ store }) {
      const lease = await make(store, 'a');
      await store.append(lease, events('øøø', 'øø'));
      assert.equal((await store.get('a'))?.firstIndex, 0);
      await store.append(lease, events('x'));
      assert.equal((await store.get('a'))?.firstIndex, 1);
      await store.append(lease, events('x'.repeat(50)));
      assert.deepEqual(await readAll(store, 'a'), ['x'.repeat(50)]);
    },
  },
  {
    name: 'stores an append of thousands of events',
    limits: { maxEvents: 10_000 },
    async run({ store }) {
      const lease = await make(store, 'a');
      const data = Array.from({ length: 5000 }, (_, index) => String(index));
      await store.append(lease, events(...data));
      assert.deepEqual(await readAll(store, 'a'), data);
      assert.equal((await store.get('a'))?.tokenCount, 5000);
    },
  },
  {
    name: 'does not let one session see another',
    async run({ store }) {
      const [a, b] = [await make(store, 'a'), await make(store, 'b')];
      await Promise.all([store.append(a, events('of a')), store.append(b, events('of b'))]);
      assert.deepEqual(await readAll(store, 'a'), ['of a']);
      assert.deepEqual(await readAll(store, 'b'), ['of b']);
    },
  },
  {
    name: 'refuses everything after it was closed',
    async run({ store }) {
      await store.close();
      await assert.rejects(store.get('a'), { code: 'STORE_CLOSED' });
      await assert.rejects(store.create(newSession('a')), { code: 'STORE_CLOSED' });
      await store.close();
    },
  },
];
