import { setTimeout as delay } from 'node:timers/promises';
import { readEvents } from './read-events.js';
import type { ReceivedEvents } from './read-events.js';
import type { ServerProcess } from './server-process.js';

/** Asks for an answer, again and again while the server is full. @throws for every other refusal */
export async function post(
  server: ServerProcess,
  body: unknown,
  signal: AbortSignal | null = null,
): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    if (response.ok) return response;
    // Answers of earlier rounds that the server has just taken up again may still fill it.
    if (response.status !== 429 || tries === 100)
      throw new Error(`${response.status}: ${await response.text()}`);
    await delay(100);
  }
}

/** Reads a stream from after an event, or from its start. */
export async function readOn(
  server: ServerProcess,
  sessionId: string,
  lastId: string | undefined,
): Promise<ReceivedEvents> {
  const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
  const response = await fetch(`${server.url}/v1/sessions/${sessionId}/events`, { headers });
  if (response.status === 204) return { blocks: ['data: [DONE]\n\n'], lastId, done: true };
  if (!response.ok) throw new Error(`Reading on gave ${response.status}: ${await response.text()}`);
  return readEvents(response);
}

/** Ends an answer; says what the server answered. */
export async function cancel(server: ServerProcess, sessionId: string): Promise<unknown> {
  const response = await fetch(`${server.url}/v1/cancel/${sessionId}`, { method: 'POST' });
  return response.json();
}
