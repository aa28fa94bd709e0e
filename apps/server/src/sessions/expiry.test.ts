import { MemoryStore } from '@qwenvl/sessions';
import type { SessionStore } from '@qwenvl/sessions';
import { afterEach, describe, expect, it } from 'vitest';
import { as, chat, keys, openDatabase, startTestServer, temporaryDatabase } from './testing/test-server.js';
import type { TestServer } from './testing/test-server.js';

const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const stores: readonly [string, () => Promise<SessionStore>][] = [
  ['memory', () => Promise.resolve(new MemoryStore())],
  [
    'SQLite',
    async () => {
      const { path, remove } = await temporaryDatabase();
      undo.push(remove);
      return openDatabase(path);
    },
  ],
];

/** A finished stream of several pages, and a reader who has taken the first of them. */
async function readFirstPage(server: TestServer) {
  await (await server.app.request('/v1/chat/completions', chat({ session_id: 's1' }))).text();
  const response = await server.app.request('/v1/sessions/s1/events', as(keys.ani));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const next = async () => {
    const { value } = await reader.read();
    return value && decoder.decode(value, { stream: true });
  };
  let text = '';
  while (!text.includes('id: ')) text += (await next()) ?? '';
  return {
    rest: async () => {
      for (let more = await next(); more !== undefined; more = await next()) text += more;
      return text;
    },
  };
}

describe.each(stores)('a finished stream in %s', (_name, open) => {
  async function start(): Promise<TestServer> {
    const server = startTestServer({ store: await open(), script: { tokens: 300, eventLength: 2000 } });
    undo.push(server.stop.bind(server));
    return server;
  }

  const old = { ttlMs: 0, maxTotalBytes: 0 };

  it('stays while a slow reader is at it', async () => {
    const server = await start();
    const reader = await readFirstPage(server);
    expect(await server.store.expire({ ...old, maxHoldMs: 60_000 })).toBe(0);
    expect(await reader.rest()).toMatch(/"end":"stop".*\n\ndata: \[DONE\]\n\n$/);
  });

  it('ends with an error event where it goes all the same', async () => {
    const server = await start();
    const reader = await readFirstPage(server);
    expect(await server.store.expire({ ...old, maxHoldMs: 0 })).toBe(1);
    const text = await reader.rest();
    expect(text).toMatch(/\n\ndata: \{"error":\{.*"code":"session_gone"\}\}\n\ndata: \[DONE\]\n\n$/);
    expect(text).not.toContain('"end":');
  });
});
