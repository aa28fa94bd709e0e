import assert from 'node:assert/strict';
import { followSession } from '../follow-session.js';
import { SessionWriter } from '../session-writer.js';
import type { Behaviour } from './behaviour.js';
import { ending, events, make, newSession, readAll, within } from './behaviour.js';

/** What several processes on the same data may count on. */
export const sharedBehaviours: readonly Behaviour[] = [
  {
    name: 'follows live what another process produces',
    shared: true,
    async run({ store, another }) {
      const other = await another();
      const lease = await make(store, 'a');
      await store.append(lease, events('0'));
      const read = (async () => {
        const data: string[] = [];
        for await (const step of followSession(other, 'a'))
          data.push(...step.events.map((event) => event.data));
        return data;
      })();
      for (const one of ['1', '2', '3']) await store.append(lease, events(one));
      await store.append(lease, ending('4'));
      assert.deepEqual(await within(10_000, read), ['0', '1', '2', '3', '4']);
    },
  },
  {
    name: 'makes one id once over all processes',
    shared: true,
    async run({ store, another }) {
      const other = await another();
      const results = await Promise.all([store.create(newSession('a')), other.create(newSession('a'))]);
      assert.equal(results.filter(({ created }) => created).length, 1);
    },
  },
  {
    name: 'tells the producer of a cancel from another process',
    shared: true,
    async run({ store, another }) {
      const other = await another();
      const made = await store.create(newSession('a'));
      assert.ok(made.created);
      const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 10_000 });
      const told = new Promise((resolve) => {
        writer.cancelled.addEventListener('abort', resolve);
      });
      await other.requestCancel('a');
      await within(10_000, told);
      await writer.abandon();
    },
  },
  {
    name: 'lets one of two processes take an orphan over, and the log goes on there',
    shared: true,
    async run({ store, another, advance }) {
      const other = await another();
      const old = await make(store, 'a');
      await store.append(old, events('0'));
      advance(10_000);
      const acquired = await other.acquire('a', 10_000);
      assert.ok(acquired);
      assert.equal(await store.acquire('a', 10_000), undefined);
      await assert.rejects(store.append(old, events('late')), { code: 'LEASE_LOST' });
      await other.append(acquired.lease, ending('1'));
      assert.deepEqual(await readAll(store, 'a'), ['0', '1']);
    },
  },
  {
    name: 'keeps everything for a process that comes later',
    shared: true,
    async run({ store, another }) {
      const lease = await make(store, 'a', { cancelAt: 123 });
      await store.append(lease, { events: ['0'], tokens: [42], promptTokens: 3 });
      await store.setPresence('a', { attended: false, cancelAt: 456 });
      const before = await store.get('a');
      await store.release(lease);
      await store.close();
      const later = await another();
      assert.deepEqual(await later.get('a'), before);
      assert.deepEqual((await later.acquire('a', 1000))?.tokens, [42]);
    },
  },
  {
    name: 'ends a reader here when the session is deleted there',
    shared: true,
    async run({ store, another }) {
      const other = await another();
      await make(store, 'a');
      const reader = followSession(store, 'a').next();
      const ended = assert.rejects(within(10_000, reader), { code: 'SESSION_GONE' });
      await other.delete('a');
      await ended;
    },
  },
];
