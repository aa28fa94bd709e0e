import assert from 'node:assert/strict';
import { as, chat, keys, textOf, waitFor } from './test-server.js';
import type { TestServer } from './test-server.js';

const path = '/v1/chat/completions';

/** Waits until a session has more than so many events. */
export async function hasEvents(server: TestServer, sessionId: string, count: number): Promise<void> {
  await waitFor(async () => {
    const response = await server.app.request(`/v1/sessions/${sessionId}`, as(keys.ani));
    const session = (await response.json()) as { event_count?: number };
    assert.ok((session.event_count ?? 0) > count, `no more than ${count} events yet`);
  });
}

/** One stream of two servers that share a store: made here, read, joined and cancelled there. */
export async function checkSharedStream(one: TestServer, two: TestServer): Promise<void> {
  const here = textOf(one, path, chat({ session_id: 's1' }));
  await hasEvents(two, 's1', 0);
  const there = textOf(two, path, chat({ session_id: 's1' }));
  await hasEvents(two, 's1', 5);
  const cancelled = await two.app.request('/v1/cancel/s1', { ...as(keys.ani), method: 'POST' });
  assert.equal(((await cancelled.json()) as { status: string }).status, 'cancelled');
  assert.equal(await there, await here);
  assert.match(await there, /"end":"cancelled".*\n\ndata: \[DONE\]\n\n$/);
  assert.equal(two.source.generated, 0);
  assert.equal(one.source.held, 0);
}
