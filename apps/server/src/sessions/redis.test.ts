import { RedisStore } from '@qwenvl/sessions/redis';
import { startTestRedis } from '@qwenvl/sessions/testing';
import type { RedisPersistence, TestRedis } from '@qwenvl/sessions/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { checkSharedStream, hasEvents } from './testing/shared-stream.js';
import { as, chat, keys, startTestServer, textOf, waitFor } from './testing/test-server.js';
import type { TestServer, TestServerOptions } from './testing/test-server.js';

const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function redisFor(persistence: RedisPersistence): Promise<TestRedis> {
  const redis = await startTestRedis(persistence);
  undo.push(() => redis.stop());
  return redis;
}

async function start({ url }: TestRedis, options: TestServerOptions = {}): Promise<TestServer> {
  const server = startTestServer({ store: await RedisStore.open({ url }), ...options });
  undo.push(server.stop.bind(server));
  return server;
}

const path = '/v1/chat/completions';

/** Reads a stream as a client that comes back with its last id whenever the connection breaks. */
async function readPatiently(server: TestServer): Promise<string> {
  let text = '';
  return waitFor(async () => {
    const last = [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
    const response = await server.app.request('/v1/sessions/s1/events', as(keys.ani, last));
    expect(response.status).toBe(200);
    const decoder = new TextDecoder();
    let part = '';
    try {
      for await (const bytes of response.body ?? [])
        part += decoder.decode(bytes as Uint8Array, { stream: true });
    } finally {
      // A block that was cut in the middle is dropped, as EventSource does.
      text += part
        .slice(0, part.lastIndexOf('\n\n') + 2)
        .replaceAll('retry: 50\n\n', '')
        .replaceAll(': ping\n\n', '');
    }
    expect(text).toContain('[DONE]');
    return text;
  });
}

describe('two servers on one Redis', () => {
  it('serve one stream: made here, followed and cancelled there', async () => {
    const redis = await redisFor('none');
    const script = { tokens: 10_000, tokenMs: 10 };
    const [one, two] = [await start(redis, { script }), await start(redis, { script })];
    await checkSharedStream(one, two);
  });
});

describe('Redis that is killed in mid-stream and comes back', () => {
  const script = { tokens: 150, tokenMs: 20 };

  async function begin(server: TestServer, events: number): Promise<void> {
    const first = server.app.request(path, chat({ session_id: 's1' }));
    await (await first).body?.cancel();
    await hasEvents(server, 's1', events);
  }

  async function crashRedis(redis: TestRedis, server: TestServer): Promise<void> {
    await begin(server, 10);
    setTimeout(() => {
      void redis.kill().then(() => redis.start());
    }, 100);
  }

  function expectWhole(text: string): void {
    const indices = [...text.matchAll(/^id: s1:(\d+)$/gm)].map((match) => Number(match[1]));
    expect(indices).toEqual(indices.map((_, index) => index));
    expect(text).toMatch(/"end":"stop".*\n\ndata: \[DONE\]\n\n$/);
  }

  it('with every write on disk loses nothing: no gap, no duplicate', { timeout: 60_000 }, async () => {
    const redis = await redisFor('always');
    const server = await start(redis, { script });
    await crashRedis(redis, server);
    const text = await readPatiently(server);
    expectWhole(text);
    const again = await textOf(server, '/v1/sessions/s1/events', as(keys.ani));
    expect(again.replace('retry: 50\n\n', '')).toBe(text);
  });

  it('without its last second generates that again: no gap, no duplicate', { timeout: 60_000 }, async () => {
    const redis = await redisFor('everysec');
    const server = await start(redis, { script, leaseMs: 500 });
    await begin(server, 40);
    const reading = readPatiently(server);
    await waitFor(() => {
      expect(server.source.generated).toBeGreaterThan(80);
    });
    await redis.loseTail(20_000);
    await redis.start();
    const text = await reading;
    expectWhole(text);
    expect(server.source.generated).toBeGreaterThan(script.tokens);
    const again = await textOf(server, '/v1/sessions/s1/events', as(keys.ani));
    expect(again.replace('retry: 50\n\n', '')).toBe(text);
  });

  it('without persistence has forgotten the stream, and says so', { timeout: 60_000 }, async () => {
    const redis = await redisFor('none');
    const server = await start(redis, { script });
    await crashRedis(redis, server);
    await waitFor(async () => {
      const response = await server.app.request('/v1/sessions/s1/events', as(keys.ani));
      const text = await response.text().catch(() => '');
      expect(response.status === 404 || text.includes('"code":"session_gone"')).toBe(true);
    });
    await waitFor(() => {
      expect(server.source.held).toBe(0);
    });
  });
});
