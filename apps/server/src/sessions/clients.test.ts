import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSource } from 'eventsource';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort, startNginx } from './testing/nginx.js';
import {
  as,
  chat,
  keys,
  openDatabase,
  startTestServer,
  temporaryDatabase,
  waitFor,
} from './testing/test-server.js';
import type { TestServerOptions } from './testing/test-server.js';

const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function start(path: string, port: number, options: TestServerOptions = {}) {
  const server = startTestServer({ store: await openDatabase(path), ...options });
  const url = await server.listen(port);
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.stop());
  undo.push(stop);
  return { ...server, url, stop };
}

async function database(): Promise<string> {
  const { path, remove } = await temporaryDatabase();
  undo.push(remove);
  return path;
}

const script = { tokens: 60, tokenMs: 20 };
const events = 60 - 20 + 2;

describe('eventsource', () => {
  it('reconnects by itself through a restart of the server, misses nothing, and stops at the end', async () => {
    const [path, port] = [await database(), await freePort()];
    const first = await start(path, port, { script });
    void (await fetch(`${first.url}/v1/chat/completions`, chat({ session_id: 's1' }))).body?.cancel();
    const received: { id: string; data: string }[] = [];
    const statuses: number[] = [];
    const source = new EventSource(`${first.url}/v1/sessions/s1/events`, {
      fetch: async (input, init) => {
        const headers = { ...init.headers, authorization: `Bearer ${keys.ani}` };
        const response = await fetch(input, { ...init, headers });
        statuses.push(response.status);
        return response;
      },
    });
    undo.push(() => {
      source.close();
    });
    source.onmessage = ({ lastEventId, data }) => received.push({ id: lastEventId, data: String(data) });
    await waitFor(() => {
      expect(received.length).toBeGreaterThan(10);
    });
    await first.stop();
    const second = await start(path, port, { script });
    await waitFor(() => {
      expect(source.readyState).toBe(source.CLOSED);
    });
    expect(statuses.at(0)).toBe(200);
    expect(statuses.at(-1)).toBe(204);
    const chunks = received.filter(({ data }) => data !== '[DONE]');
    expect(chunks.map(({ id }) => id)).toEqual(Array.from({ length: events }, (_, index) => `s1:${index}`));
    const replay = await (await second.app.request('/v1/sessions/s1/events', as(keys.ani))).text();
    expect(replay).toContain(chunks.map(({ id, data }) => `id: ${id}\ndata: ${data}\n\n`).join(''));
  });
});

describe('@microsoft/fetch-event-source', () => {
  it('posts a request, is cut off by a restart, and reads on to the end', async () => {
    vi.stubGlobal('window', globalThis);
    vi.stubGlobal('document', new EventTarget());
    undo.push(() => vi.unstubAllGlobals());
    const [path, port] = [await database(), await freePort()];
    const first = await start(path, port, { script });
    const ids: string[] = [];
    const data: string[] = [];
    const { headers, body } = chat({ session_id: 's1' });
    const reading = fetchEventSource(`${first.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body,
      fetch,
      openWhenHidden: true,
      onopen: () => Promise.resolve(),
      onmessage: (message) => {
        if (message.data === '') return;
        ids.push(message.id);
        data.push(message.data);
      },
      onclose: () => {
        if (data.at(-1) !== '[DONE]') throw new Error('cut off');
      },
      onerror: () => 50,
    });
    await waitFor(() => {
      expect(ids.length).toBeGreaterThan(10);
    });
    await first.stop();
    await start(path, port, { script });
    await reading;
    expect(ids.slice(0, events)).toEqual(Array.from({ length: events }, (_, index) => `s1:${index}`));
    expect(data).toHaveLength(events + 1);
  });
});

describe('nginx in front, which gives up after 5 s of silence', () => {
  it('passes comments on at once, so that a prefill of 20 s is survived', { timeout: 60_000 }, async () => {
    const server = await start(await database(), 0, {
      script: { tokens: 5, prefillMs: 20_000 },
      heartbeatMs: 2000,
    });
    const nginx = await startNginx(server.url, 5);
    undo.push(nginx.stop);
    await waitFor(async () => {
      expect((await fetch(`${nginx.url}/health/live`)).status).toBe(200);
    });
    const response = await fetch(`${nginx.url}/v1/chat/completions`, chat({ session_id: 's1' }));
    const text = await response.text();
    expect(text.split(': ping\n\n').length).toBeGreaterThan(5);
    expect(text).toMatch(/"end":"stop".*\n\ndata: \[DONE\]\n\n$/);
  });

  it(
    'would cut off a stream without comments, and the client could still read on',
    { timeout: 60_000 },
    async () => {
      const server = await start(await database(), 0, {
        script: { tokens: 5, prefillMs: 4000 },
        heartbeatMs: 60_000,
      });
      const nginx = await startNginx(server.url, 1);
      undo.push(nginx.stop);
      await waitFor(async () => {
        expect((await fetch(`${nginx.url}/health/live`)).status).toBe(200);
      });
      const cut = fetch(`${nginx.url}/v1/chat/completions`, chat({ session_id: 's1' })).then((response) =>
        response.text(),
      );
      await expect(cut.then((text) => text.includes('[DONE]')).catch(() => false)).resolves.toBe(false);
      const rest = await fetch(`${server.url}/v1/sessions/s1/events`, as(keys.ani));
      expect(await rest.text()).toContain('[DONE]');
    },
  );

  it('cuts off a plain answer, which the same request then fetches, generated once', async () => {
    const server = await start(await database(), 0, { script: { tokens: 5, prefillMs: 3500 } });
    const nginx = await startNginx(server.url, 1);
    undo.push(nginx.stop);
    await waitFor(async () => {
      expect((await fetch(`${nginx.url}/health/live`)).status).toBe(200);
    });
    const ask = () => fetch(`${nginx.url}/v1/chat/completions`, chat({ session_id: 's1', stream: false }));
    const statuses = [];
    let response;
    do {
      response = await ask();
      statuses.push(response.status);
    } while (response.status === 504);
    expect(statuses.length).toBeGreaterThan(1);
    expect(statuses.at(-1)).toBe(200);
    expect(await response.json()).toMatchObject({ usage: { completionTokens: 5 } });
    expect(server.source.generated).toBe(5);
  });
});
