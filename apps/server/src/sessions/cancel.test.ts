import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { as, chat, keys, startTestServer, textOf, waitFor } from './testing/test-server.js';
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
const cancel = { ...as(keys.ani), method: 'POST' };

async function status(server: TestServer, id = 's1'): Promise<{ status: string; event_count: number }> {
  return (await (await server.app.request(`/v1/sessions/${id}`, as(keys.ani))).json()) as never;
}

describe('cancel', () => {
  it('stops the engine, closes every reader with a final chunk, and tells the usage, however often', async () => {
    const server = start({ script: { tokens: 10_000, tokenMs: 5 } });
    const readers = [1, 2, 3].map(async () =>
      (await server.app.request(path, chat({ session_id: 's1' }))).text(),
    );
    await waitFor(async () => {
      expect((await status(server)).event_count).toBeGreaterThan(3);
    });
    const answers = await Promise.all(
      ['/v1/sessions/s1/cancel', '/v1/cancel/s1'].map(async (url) =>
        (await server.app.request(url, cancel)).json(),
      ),
    );
    const texts = await Promise.all(readers);
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/"end":"cancelled".*\n\ndata: \[DONE\]\n\n$/);
    expect(answers[0]).toMatchObject({
      status: 'cancelled',
      finish_reason: 'cancelled',
      usage: { prompt_tokens: 7 },
    });
    expect(answers[1]).toEqual(answers[0]);
    expect(await (await server.app.request('/v1/sessions/s1/cancel', cancel)).json()).toEqual(answers[0]);
    expect(server.source.generated).toBeLessThan(9_000);
    expect(server.source.held).toBe(0);
  });

  it('works before the first token', async () => {
    const server = start({ script: { prefillMs: 60_000 } });
    const reader = textOf(server, path, chat({ session_id: 's1' }));
    await waitFor(async () => {
      expect((await status(server)).status).toBe('running');
    });
    expect(await (await server.app.request('/v1/cancel/s1', cancel)).json()).toMatchObject({
      status: 'cancelled',
    });
    expect(await reader).toContain('"end":"cancelled"');
  });

  it('leaves an answer alone that is complete', async () => {
    const server = start();
    await (await server.app.request(path, chat({ session_id: 's1' }))).text();
    expect(await (await server.app.request('/v1/cancel/s1', cancel)).json()).toMatchObject({
      status: 'completed',
    });
  });

  it('racing completion gives one terminal event, the same for everyone', async () => {
    const server = start({ script: { tokens: 3 } });
    const outcomes = new Set<string>();
    for (let round = 0; round < 40; round += 1) {
      const id = `s${round}`;
      const reading = textOf(server, path, chat({ session_id: id }));
      const asked = delay(round / 10).then(() => server.app.request(`/v1/cancel/${id}`, cancel));
      const [text] = await Promise.all([reading, asked]);
      expect(text.match(/"end":/g)).toHaveLength(1);
      const end = /"end":"(\w+)"/.exec(text)?.[1] ?? '';
      const expected = end === 'stop' ? 'completed' : 'cancelled';
      expect((await status(server, id)).status).toBe(expected);
      outcomes.add(end);
    }
    expect(outcomes.size).toBeGreaterThanOrEqual(1);
  });

  it('of an unknown session is a 404', async () => {
    expect((await start().app.request('/v1/cancel/s1', cancel)).status).toBe(404);
  });

  it('comes with deletion, which leaves nothing', async () => {
    const server = start({ script: { tokens: 10_000, tokenMs: 5 } });
    const response = await server.app.request(path, chat({ session_id: 's1' }));
    const reading = response.text();
    const deleted = await server.app.request('/v1/sessions/s1', { ...as(keys.ani), method: 'DELETE' });
    expect(deleted.status).toBe(204);
    expect((await server.app.request('/v1/sessions/s1/events', as(keys.ani))).status).toBe(404);
    expect(await reading).toMatch(/data: \{"error":.*"session_gone".*\n\ndata: \[DONE\]\n\n$/);
    await waitFor(() => {
      expect(server.source.held).toBe(0);
    });
  });
});

describe('a reader that leaves', () => {
  const long = { script: { tokens: 10_000, tokenMs: 5 } };

  async function readAndLeave(server: TestServer, events = true): Promise<void> {
    const response = await server.app.request(path, chat({ session_id: 's1' }));
    const reader = response.body?.getReader();
    await reader?.read();
    if (events) await reader?.read();
    await reader?.cancel();
  }

  it('does not stop the answer where no timer is set', async () => {
    const server = start(long);
    await readAndLeave(server);
    const before = (await status(server)).event_count;
    await waitFor(async () => {
      expect((await status(server)).event_count).toBeGreaterThan(before + 5);
    });
    expect((await status(server)).status).toBe('running');
  });

  it('starts the timer, which cancels', async () => {
    const server = start({ ...long, cancelAfterMs: 100 });
    await readAndLeave(server);
    await waitFor(async () => {
      expect((await status(server)).status).toBe('cancelled');
    });
  });

  it('starts the timer also where it left before the first event', async () => {
    const server = start({ script: { prefillMs: 60_000 }, cancelAfterMs: 100 });
    await readAndLeave(server, false);
    await waitFor(async () => {
      expect((await status(server)).status).toBe('cancelled');
    });
  });

  it('stops the timer when it comes back', async () => {
    const server = start({ ...long, cancelAfterMs: 900 });
    await readAndLeave(server);
    const response = await server.app.request('/v1/sessions/s1/events', as(keys.ani, 's1:0'));
    const reading = response.text();
    await delay(2500);
    expect((await status(server)).status).toBe('running');
    await server.app.request('/v1/cancel/s1', cancel);
    await reading;
  });

  it('does not start the timer while another one stays', async () => {
    const server = start({ ...long, cancelAfterMs: 500 });
    const staying = textOf(server, path, chat({ session_id: 's1' }));
    await readAndLeave(server);
    await delay(1500);
    expect((await status(server)).status).toBe('running');
    await server.app.request('/v1/cancel/s1', cancel);
    await staying;
  });
});
