import { ApiError } from '@qwenvl/openai';
import { afterEach, describe, expect, it } from 'vitest';
import { checkSharedStream } from './testing/shared-stream.js';
import {
  as,
  chat,
  keys,
  openDatabase,
  startTestServer,
  temporaryDatabase,
  textOf,
  waitFor,
} from './testing/test-server.js';
import type { TestServer, TestServerOptions } from './testing/test-server.js';

const undo: (() => Promise<void>)[] = [];

async function database(): Promise<string> {
  const { path, remove } = await temporaryDatabase();
  undo.unshift(remove);
  return path;
}

async function start(path: string, options: TestServerOptions = {}): Promise<TestServer> {
  const server = startTestServer({ store: await openDatabase(path), ...options });
  let stopped: Promise<void> | undefined;
  const stop = server.stop.bind(server);
  const once = { ...server, stop: () => (stopped ??= stop()) };
  undo.unshift(once.stop);
  return once;
}

afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

const url = '/v1/chat/completions';
const slow = { tokens: 30, tokenMs: 10 };

async function begin(server: TestServer, events = 5): Promise<string> {
  const response = await server.app.request(url, chat({ session_id: 's1' }));
  const reading = response.text();
  await waitFor(async () => {
    const session = await (await server.app.request('/v1/sessions/s1', as(keys.ani))).json();
    expect((session as { event_count: number }).event_count).toBeGreaterThan(events);
  });
  await server.stop();
  return reading;
}

async function readRest(server: TestServer, seen: string): Promise<string> {
  const last = [...seen.matchAll(/^id: (.*)$/gm)].at(-1)?.[1];
  const response = await server.app.request('/v1/sessions/s1/events', as(keys.ani, last));
  expect(response.status).toBe(200);
  return (await response.text()).replace(/^retry: 50\n\n/, '').replaceAll(': ping\n\n', '');
}

describe('after a restart', () => {
  it('an unfinished answer goes on, byte for byte as if nothing had happened', async () => {
    const path = await database();
    const seen = await begin(await start(path, { script: slow }));
    expect(seen).not.toContain('[DONE]');
    const next = await start(path, { script: slow });
    const whole = seen + (await readRest(next, seen));
    expect(next.source.generated).toBeLessThan(30);
    const again = await (await next.app.request('/v1/sessions/s1/events', as(keys.ani))).text();
    expect(whole).toBe(again);
    expect(whole).toMatch(/"end":"stop".*\n\ndata: \[DONE\]\n\n$/);
  });

  it('is closed as interrupted, with its usage, where answers are not continued', async () => {
    const path = await database();
    const seen = await begin(await start(path, { script: slow }));
    const rest = await readRest(await start(path, { script: slow, resume: false }), seen);
    expect(rest).toMatch(/"end":"interrupted","usage":\{"promptTokens":7,"completionTokens":\d+/);
    expect(rest.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it.each([
    ['another model', { fingerprint: 'other' }],
    ['the same name but other words', { dialect: 'x' }],
    [
      'a request that is refused now',
      { refusesRecovery: new ApiError({ status: 400, code: 'x', message: 'no' }) },
    ],
  ])('is closed as interrupted with %s', async (_name, changes) => {
    const path = await database();
    const seen = await begin(await start(path, { script: slow }));
    const rest = await readRest(await start(path, { script: { ...slow, ...changes } }), seen);
    expect(rest.match(/"end":/g)).toHaveLength(1);
    expect(rest).toContain('"end":"interrupted"');
  });

  it('waits where the server is full, and goes on when it no longer is', async () => {
    const path = await database();
    const seen = await begin(await start(path, { script: slow }));
    const full = new ApiError({ status: 429, code: 'queue_full', message: 'full', retryAfterSeconds: 1 });
    const next = await start(path, { script: { ...slow, refusesRecovery: full } });
    const rest = readRest(next, seen);
    await waitFor(() => {
      expect(next.source.refusals).toBeGreaterThan(1);
    });
    next.source.script = slow;
    expect(await rest).toContain('"end":"stop"');
  });

  it('an answer that was cancelled meanwhile ends as cancelled, with what was used', async () => {
    const path = await database();
    const seen = await begin(await start(path, { script: slow }));
    const store = await openDatabase(path);
    await store.requestCancel('ani/s1');
    await store.close();
    const rest = await readRest(await start(path, { script: slow }), seen);
    expect(rest).toMatch(/^id: s1:\d+\ndata: .*"end":"cancelled".*\n\ndata: \[DONE\]\n\n$/);
  });

  it('the disconnect timer of a reader that had left goes on', async () => {
    const path = await database();
    const first = await start(path, { script: { tokens: 10_000, tokenMs: 20 }, cancelAfterMs: 1500 });
    const response = await first.app.request(url, chat({ session_id: 's1' }));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const leftAt = Date.now();
    await first.stop();
    const next = await start(path, { script: { tokens: 10_000, tokenMs: 20 }, cancelAfterMs: 1500 });
    await waitFor(async () => {
      const session = await (await next.app.request('/v1/sessions/s1', as(keys.ani))).json();
      expect(session).toMatchObject({ status: 'cancelled' });
    });
    expect(Date.now() - leftAt).toBeGreaterThanOrEqual(1500);
  });

  it('a reader that the restart cut off gets a whole timer again', async () => {
    const path = await database();
    await begin(await start(path, { script: { tokens: 300, tokenMs: 20 }, cancelAfterMs: 1000 }));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const next = await start(path, { script: { tokens: 300, tokenMs: 20 }, cancelAfterMs: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    const session = await (await next.app.request('/v1/sessions/s1', as(keys.ani))).json();
    expect(session).toMatchObject({ status: 'running', cancel_requested: false });
  });
});

describe('two servers on one database', () => {
  it('serve one stream: made here, read, joined and cancelled there', async () => {
    const path = await database();
    const script = { tokens: 10_000, tokenMs: 10 };
    const [one, two] = [await start(path, { script }), await start(path, { script })];
    await checkSharedStream(one, two);
  });

  it('take a stream over from one another at the end of one of them, and readers miss nothing', async () => {
    const path = await database();
    const one = await start(path, { script: { tokens: 60, tokenMs: 10 } });
    const two = await start(path, { script: { tokens: 60, tokenMs: 10 } });
    const seen = begin(one);
    await waitFor(async () => {
      expect((await two.app.request('/v1/sessions/s1', as(keys.ani))).status).toBe(200);
    });
    const all = await two.app.request('/v1/sessions/s1/events', as(keys.ani));
    const text = await all.text();
    expect(text.startsWith(await seen)).toBe(true);
    expect(text).toMatch(/"end":"stop".*\n\ndata: \[DONE\]\n\n$/);
    expect(one.source.generated + two.source.generated).toBeLessThan(66);
  });
});

describe('shutting down', () => {
  it('admits nothing new, lets running answers finish within the time, and tells when to come back', async () => {
    const server = await start(await database(), { script: slow });
    const reading = textOf(server, url, chat({ session_id: 's1' }));
    await waitFor(() => {
      expect(server.sessions.running).toBe(1);
    });
    const down = server.sessions.shutdown(10_000);
    const refused = await server.app.request(url, chat({ session_id: 's2' }));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    await down;
    expect(await reading).toContain('[DONE]');
  });
});
