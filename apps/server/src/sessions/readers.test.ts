import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
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
import type { TestServerOptions } from './testing/test-server.js';

const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function start(options: TestServerOptions) {
  const { path, remove } = await temporaryDatabase();
  undo.push(remove);
  const server = startTestServer({ store: await openDatabase(path), ...options });
  undo.push(server.stop.bind(server));
  return server;
}

type Server = Awaited<ReturnType<typeof start>>;

const url = '/v1/sessions/s1/events';

/** Reads to the end, leaving and coming back at random; returns a hash of all events. */
async function readRestlessly(server: Server, random: () => number): Promise<string> {
  const hash = createHash('sha256');
  let cursor: string | undefined;
  for (;;) {
    const response = await server.app.request(url, as(keys.ani, cursor));
    if (response.status === 204) return hash.digest('hex');
    const leaveAfter = random() < 0.5 ? 1 + Math.floor(random() * 20) : Infinity;
    let text = '';
    let pages = 0;
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes as Uint8Array, { stream: true });
      pages += 1;
      if (pages >= leaveAfter) break;
    }
    for (const [block, id] of text.matchAll(/^id: (.*)\ndata: .*\n\n/gm)) {
      hash.update(block);
      cursor = id;
    }
  }
}

describe('many readers of one stream', () => {
  it('get the same bytes, however often they leave and come back', { timeout: 120_000 }, async () => {
    const server = await start({ script: { tokens: 150, tokenMs: 10 } });
    const writing = textOf(server, '/v1/chat/completions', chat({ session_id: 's1' }));
    await waitFor(async () => {
      expect((await server.app.request('/v1/sessions/s1', as(keys.ani))).status).toBe(200);
    });
    let state = 20_261_122;
    const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
    const hashes = await Promise.all(Array.from({ length: 200 }, () => readRestlessly(server, random)));
    const whole = await writing;
    const blocks = [...whole.matchAll(/^id: .*\ndata: .*\n\n/gm)].map(([block]) => block);
    expect(new Set(hashes)).toEqual(new Set([createHash('sha256').update(blocks.join('')).digest('hex')]));
    expect(server.source.generated).toBe(150);
  });
});

describe('a reader that never reads', () => {
  const eventLength = 25_000;

  function stall(address: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request(`${address}${url}`, as(keys.ani), (response) => {
        response.pause();
        resolve(response);
      });
      outgoing.on('error', reject).end();
    });
  }

  it('costs no memory on a stream of 50 MB, and others read on', { timeout: 120_000 }, async () => {
    const server = await start({ script: { tokens: 3000, eventLength } });
    const address = await server.listen();
    const first = await server.app.request('/v1/chat/completions', chat({ session_id: 's1' }));
    await first.body?.cancel();
    const before = process.memoryUsage();
    const stalled = await Promise.all(Array.from({ length: 20 }, () => stall(address)));
    let bytes = 0;
    const reading = await fetch(`${address}${url}`, as(keys.ani));
    for await (const chunk of reading.body ?? []) bytes += (chunk as Uint8Array).byteLength;
    expect(bytes).toBeGreaterThan(50_000_000);
    // Twenty readers that were each sent all would hold 1 GB; a page each is 1 MB.
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(400_000_000);
    for (const response of stalled) response.destroy();
  });
});
