import { MemoryStore } from '@qwenvl/sessions';
import { afterEach, describe, expect, it } from 'vitest';
import { as, chat, keys, startTestServer } from './testing/test-server.js';
import type { TestServer, TestServerOptions } from './testing/test-server.js';

const servers: TestServer[] = [];

function start(options?: TestServerOptions): TestServer {
  const server = startTestServer(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const path = '/v1/chat/completions';

function ids(text: string): string[] {
  return [...text.matchAll(/^id: (.*)$/gm)].map((match) => match[1] ?? '');
}

describe('a stream of chat completions', () => {
  it('begins with retry, numbers its chunks, and ends with [DONE], which has no id', async () => {
    const { app } = start();
    const response = await app.request(path, chat({ session_id: 's1' }));
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('x-session-id')).toBe('s1');
    const text = await response.text();
    expect(text).toMatch(/^retry: 50\n\n/);
    expect(ids(text)).toEqual(Array.from({ length: 9 }, (_, index) => `s1:${index}`));
    expect(text).toMatch(/"end":"stop".*\n\ndata: \[DONE\]\n\n$/);
  });

  it('gives a request without a session id one of its own', async () => {
    const { app } = start();
    const response = await app.request(path, chat());
    const id = response.headers.get('x-session-id') ?? '';
    const text = await response.text();
    expect(ids(text)[0]).toBe(`${id}:0`);
    expect((await app.request(`/v1/sessions/${id}`, as(keys.ani))).status).toBe(200);
  });

  it('is joined by the same request, and generated once', async () => {
    const { app, source } = start({ script: { tokenMs: 5 } });
    const texts = await Promise.all(
      [1, 2, 3].map(async () => (await app.request(path, chat({ session_id: 's1' }))).text()),
    );
    expect(new Set(texts).size).toBe(1);
    expect(source.generated).toBe(10);
    expect(source.held).toBe(0);
  });

  it('is joined whatever the order of the body’s fields', async () => {
    const { app } = start();
    await (await app.request(path, chat({ session_id: 's1' }))).text();
    const { body, ...rest } = chat({ session_id: 's1' });
    const reversed = Object.fromEntries(Object.entries(JSON.parse(body) as object).reverse());
    expect((await app.request(path, { ...rest, body: JSON.stringify(reversed) })).status).toBe(200);
  });

  it('refuses another body under its id with 409', async () => {
    const { app } = start();
    await (await app.request(path, chat({ session_id: 's1' }))).text();
    const response = await app.request(path, chat({ session_id: 's1', seed: 6 }));
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: 'session_conflict', param: 'session_id' } });
  });

  it.each(['header', 'query'])('goes on strictly after the cursor in the %s', async (place) => {
    const { app } = start();
    const whole = await (await app.request(path, chat({ session_id: 's1' }))).text();
    const url = '/v1/sessions/s1/events';
    const response =
      place === 'header'
        ? await app.request(url, as(keys.ani, 's1:3'))
        : await app.request(`${url}?last_event_id=s1:3`, as(keys.ani));
    const rest = await response.text();
    expect(ids(rest)).toEqual(['s1:4', 's1:5', 's1:6', 's1:7', 's1:8']);
    expect(whole.endsWith(rest.replace('retry: 50\n\n', ''))).toBe(true);
  });

  it('goes on after a POST with a cursor, and makes no new stream for one', async () => {
    const { app } = start();
    const unknown = await app.request(path, chat({ session_id: 's1' }, { 'last-event-id': 's1:3' }));
    expect(unknown.status).toBe(404);
    await (await app.request(path, chat({ session_id: 's1' }))).text();
    const known = await app.request(path, chat({ session_id: 's1' }, { 'last-event-id': 's1:7' }));
    expect(ids(await known.text())).toEqual(['s1:8']);
  });

  it.each(['x', 's1:', 's1:-1', 's1:01', 's1:1.5', 's2:1', 's1:99999999999999999999', ':1', 's1:9'])(
    'refuses the cursor %s with 400 at once, running or not',
    async (cursor) => {
      const { app } = start({ script: { prefillMs: 200 } });
      const running = app.request(path, chat({ session_id: 's1' }));
      const first = await app.request('/v1/sessions/s1/events', as(keys.ani, cursor));
      expect([400, 404]).toContain(first.status);
      await (await running).text();
      expect((await app.request('/v1/sessions/s1/events', as(keys.ani, cursor))).status).toBe(400);
    },
  );

  it('answers 204 to a reader that has everything', async () => {
    const { app } = start();
    await (await app.request(path, chat({ session_id: 's1' }))).text();
    const response = await app.request('/v1/sessions/s1/events', as(keys.ani, 's1:8'));
    expect(response.status).toBe(204);
  });

  it('belongs to its key: others find nothing and may use the id themselves', async () => {
    const { app } = start();
    await (await app.request(path, chat({ session_id: 's1' }))).text();
    const other = as(keys.budi);
    expect((await app.request('/v1/sessions/s1/events', other)).status).toBe(404);
    expect((await app.request('/v1/sessions/s1', other)).status).toBe(404);
    expect((await app.request('/v1/sessions/s1/cancel', { ...other, method: 'POST' })).status).toBe(404);
    expect((await app.request('/v1/sessions/s1', { ...other, method: 'DELETE' })).status).toBe(404);
    const own = await app.request(
      path,
      chat({ session_id: 's1', seed: 9 }, { authorization: `Bearer ${keys.budi}` }),
    );
    expect(own.status).toBe(200);
    await own.text();
  });

  it('keeps a silent connection alive with comments', async () => {
    const { app } = start({ script: { prefillMs: 300 }, heartbeatMs: 50 });
    const text = await (await app.request(path, chat())).text();
    expect(text.split('\n\n').filter((block) => block === ': ping').length).toBeGreaterThanOrEqual(3);
  });

  it('ends with an error event where the generation fails', async () => {
    const { app, source } = start({ script: { failsAt: 4 } });
    const text = await (await app.request(path, chat({ session_id: 's1' }))).text();
    expect(text).toMatch(
      /"end":"failed","usage":\{"promptTokens":7,"completionTokens":4.*\n\ndata: \[DONE\]\n\n$/,
    );
    expect(source.held).toBe(0);
    const session = await app.request('/v1/sessions/s1', as(keys.ani));
    expect(await session.json()).toMatchObject({ status: 'failed', usage: { total_tokens: 11 } });
  });

  it('names the earliest event where the cursor’s are gone', async () => {
    const { app } = start({ store: new MemoryStore({ maxEventsPerSession: 3 }), script: { tokenMs: 1 } });
    await (await app.request(path, chat({ session_id: 's1', stream: false }))).text();
    const response = await app.request('/v1/sessions/s1/events', as(keys.ani, 's1:2'));
    expect(response.status).toBe(410);
    expect(await response.json()).toMatchObject({
      earliest_event_id: 's1:6',
      error: { code: 'cursor_evicted' },
    });
    expect(
      ids(await (await app.request('/v1/sessions/s1/events', as(keys.ani, 's1:5'))).text()),
    ).toHaveLength(3);
  });
});

describe('an answer that is not streamed', () => {
  it('comes whole, again for the same request, and can be picked up as a stream', async () => {
    const { app, source } = start();
    const ask = async () => (await app.request(path, chat({ session_id: 's1', stream: false }))).json();
    const answer = await ask();
    expect(answer).toEqual({ events: 9, usage: { promptTokens: 7, completionTokens: 10, cachedTokens: 0 } });
    expect(await ask()).toEqual(answer);
    expect(source.generated).toBe(10);
    const events = await (await app.request('/v1/sessions/s1/events', as(keys.ani))).text();
    expect(ids(events)).toHaveLength(9);
  });
});
