import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { followSession } from '../follow-session.js';
import { SessionWriter } from '../session-writer.js';
import { make, newSession, outcome, readAll, within } from '../testing/behaviour.js';
import { checkAgainstModel, runBehaviour, sessionStoreBehaviours, startTestRedis } from '../testing/index.js';
import type { StoreFactory, TestRedis } from '../testing/index.js';
import { RedisStore } from './redis-store.js';

let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis('always');
});

afterAll(async () => {
  await redis.stop();
});

const open: StoreFactory = async (options) => {
  const keyPrefix = `${randomUUID()}:`;
  const opened: RedisStore[] = [];
  const another = async () => {
    const store = await RedisStore.open({ ...options, url: redis.url, keyPrefix });
    opened.push(store);
    return store;
  };
  return {
    store: await another(),
    another,
    dispose: async () => {
      await Promise.all(opened.map((store) => store.close()));
    },
  };
};

describe('RedisStore', () => {
  it.each(sessionStoreBehaviours)('$name', (behaviour) => runBehaviour(behaviour, open));

  it('behaves like the model, crashes included', { timeout: 120_000 }, () =>
    checkAgainstModel(open, { runs: 60, length: 30 }),
  );

  it('says so where there is no Redis', async () => {
    const opening = RedisStore.open({ url: 'redis://127.0.0.1:1', connectTimeoutMs: 300 });
    await expect(opening).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });
});

describe('while Redis is away', () => {
  it('calls fail at once, and a writer goes on where it was when Redis is back', async () => {
    const store = await RedisStore.open({ url: redis.url, keyPrefix: `${randomUUID()}:` });
    const made = await store.create(newSession('a'));
    if (!made.created) throw new Error('The session exists already.');
    const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 10_000 });
    await writer.write({ events: ['0', '1'], tokens: [0, 1] });
    await writer.flush();
    await redis.kill();
    await expect(store.get('a')).rejects.toMatchObject({ code: 'STORE_BUSY' });
    await writer.write({ events: ['2'], tokens: [2] });
    await redis.start();
    const ended = within(20_000, writer.end({ events: ['3'], tokens: [] }, outcome));
    expect(await ended).toMatchObject({ state: 'completed', nextIndex: 4, tokenCount: 3 });
    expect(await readAll(store, 'a')).toEqual(['0', '1', '2', '3']);
    await store.close();
  });
});

describe('while Redis is silent', () => {
  it('calls fail in time, and all goes on when it is back', async () => {
    const silent = await startTestRedis('none');
    onTestFinished(() => silent.stop());
    const store = await RedisStore.open({ url: silent.url, answerTimeoutMs: 300 });
    const lease = await make(store, 'a');
    silent.pause();
    await within(10_000, expect(store.get('a')).rejects.toMatchObject({ code: 'STORE_BUSY' }));
    silent.resume();
    await vi.waitFor(() => store.append(lease, { events: ['x'], tokens: [] }), 10_000);
    const steps = followSession(store, 'a');
    expect((await within(10_000, steps.next())).value?.events).toHaveLength(1);
    const next = within(10_000, steps.next());
    await store.append(lease, { events: ['y'], tokens: [], outcome });
    expect((await next).value?.events).toMatchObject([{ index: 1, data: 'y' }]);
    await store.close();
  });

  it('a process that is itself busy for longer does not take it for silent', async () => {
    const store = await RedisStore.open({
      url: redis.url,
      keyPrefix: `${randomUUID()}:`,
      answerTimeoutMs: 1000,
    });
    await make(store, 'a');
    const answers = Array.from({ length: 500 }, () => store.get('a'));
    const until = performance.now() + 1500;
    while (performance.now() < until);
    expect(await Promise.all(answers)).toHaveLength(500);
    await store.close();
  });
});

describe('an append', () => {
  it('that is repeated because its answer was lost is written once', async () => {
    const keyPrefix = `${randomUUID()}:`;
    const [one, two] = await Promise.all([
      RedisStore.open({ url: redis.url, keyPrefix }),
      RedisStore.open({ url: redis.url, keyPrefix }),
    ]);
    const lease = await make(one, 'a');
    const append = { events: ['x', 'y'], tokens: [1] };
    // Written by the same lease without the first store's knowledge, as when an answer does not arrive.
    await two.append(lease, append);
    expect(await one.append(lease, append)).toMatchObject({ nextIndex: 2, tokenCount: 1 });
    expect(await readAll(one, 'a')).toEqual(['x', 'y']);
    await Promise.all([one.close(), two.close()]);
  });

  it('to a log that lost its last events is refused, and the next producer begins where it now ends', async () => {
    const forgetful = await startTestRedis('none');
    onTestFinished(() => forgetful.stop());
    const store = await RedisStore.open({ url: forgetful.url });
    const lease = await make(store, 'a', { leaseMs: 1 });
    await store.append(lease, { events: ['x'], tokens: [1] });
    const admin = createClient({ url: forgetful.url });
    await admin.connect();
    await admin.sendCommand(['SAVE']);
    admin.destroy();
    await store.append(lease, { events: ['y'], tokens: [2] });
    await forgetful.kill();
    await forgetful.start();
    await vi.waitFor(() => store.get('a'), 10_000);
    await expect(store.append(lease, { events: ['z'], tokens: [3] })).rejects.toMatchObject({
      code: 'LEASE_LOST',
    });
    const next = await store.acquire('a', 10_000);
    expect(next?.tokens).toEqual([1]);
    if (next !== undefined) await store.append(next.lease, { events: ['y', 'z'], tokens: [2, 3] });
    expect(await readAll(store, 'a')).toEqual(['x', 'y', 'z']);
    await store.close();
  });
});
