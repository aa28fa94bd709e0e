import { SessionWriter } from '@qwenvl/sessions';
import type { SessionStore } from '@qwenvl/sessions';

/** A chunk as the server sends it, padded to a length in characters. */
export function chunk(index: number, length = 250): string {
  const text = {
    id: 'chatcmpl-x',
    object: 'chat.completion.chunk',
    created: 1,
    choices: [{ delta: { content: String(index) } }],
  };
  return JSON.stringify(text).padEnd(length);
}

/** Makes a session and its writer. */
export async function openWriter(store: SessionStore, id: string): Promise<SessionWriter> {
  const leaseMs = 60_000;
  const made = await store.create({ id, requestHash: 'h', request: '{}', leaseMs, cancelAt: null });
  if (!made.created) throw new Error(`Session ${id} exists already.`);
  return new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs });
}

/** Ends a session. */
export async function finish(writer: SessionWriter): Promise<void> {
  const usage = { promptTokens: 1, completionTokens: 1, cachedTokens: 0 };
  await writer.end({ events: ['{}'], tokens: [] }, { state: 'completed', finishReason: 'stop', usage });
}
