import { startTestRedis } from '@qwenvl/sessions/testing';
import type { TestRedis } from '@qwenvl/sessions/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cancel, post, readOn } from './client.js';
import { comparable, readEvents } from './read-events.js';
import { requestBody } from './request-body.js';
import { ServerProcess } from './server-process.js';

let redis: TestRedis;
let one: ServerProcess;
let two: ServerProcess;

beforeAll(async () => {
  redis = await startTestRedis('everysec');
  const environment = { SESSIONS_STORE: 'redis', REDIS_URL: redis.url };
  one = await ServerProcess.prepare('source', environment);
  two = await ServerProcess.prepare('source', environment);
  await Promise.all([one.start(), two.start()]);
}, 180_000);

afterAll(async () => {
  await Promise.all([one.kill(), two.kill()]);
  await redis.stop();
});

const waiting = { timeout: 60_000, interval: 100 };

describe('two server processes on one Redis', () => {
  it(
    'a cancel at the other one stops the generation and ends all readers',
    { timeout: 120_000 },
    async () => {
      const here = readEvents(await post(one, requestBody('text', 'cancelled', 4000)));
      const there = readOn(two, 'cancelled', undefined);
      await vi.waitFor(async () => {
        expect(await one.running()).toBe(1);
      }, waiting);
      expect(await cancel(two, 'cancelled')).toMatchObject({ status: 'cancelled' });
      const [atMaker, atOther] = await Promise.all([here, there]);
      expect(atMaker.done).toBe(true);
      expect(atOther.blocks).toEqual(atMaker.blocks);
      expect(atMaker.blocks.length).toBeLessThan(4000);
      await vi.waitFor(async () => {
        expect([await one.running(), await two.running()]).toEqual([0, 0]);
      }, waiting);
    },
  );

  it(
    'one that stood still while the other took over writes nothing when it wakes up',
    { timeout: 120_000 },
    async () => {
      const length = 110;
      const undisturbed = await readEvents(await post(two, requestBody('text', 'undisturbed', length)));
      const left = new AbortController();
      const before = await readEvents(
        await post(one, requestBody('text', 'paused', length), left.signal),
        (count) => {
          if (count !== 20) return;
          one.pause();
          left.abort();
        },
      );
      try {
        expect(before.done).toBe(false);
        const after = await readOn(two, 'paused', before.lastId);
        expect(comparable([...before.blocks, ...after.blocks])).toBe(comparable(undisturbed.blocks));
      } finally {
        one.resume();
      }
      await vi.waitFor(async () => {
        expect(await one.running()).toBe(0);
      }, waiting);
      const replays = await Promise.all([one, two].map((server) => readOn(server, 'paused', undefined)));
      for (const { blocks } of replays) expect(comparable(blocks)).toBe(comparable(undisturbed.blocks));
      expect(two.resumed).toBe(1);
    },
  );
});
