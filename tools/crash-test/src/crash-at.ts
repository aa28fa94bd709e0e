import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { nanoCheckpointPath } from '@qwenvl/nano';
import { z } from 'zod';
import { readEvents } from './read-events.js';
import type { ReceivedEvents } from './read-events.js';
import type { ServerProcess } from './server-process.js';

const generationConfig = z.object({ eos_token_id: z.array(z.int()) });

/** Never chosen, so that the answer is as long as it was asked to be. */
const logitBias = Object.fromEntries(
  generationConfig
    .parse(JSON.parse(readFileSync(join(nanoCheckpointPath, 'generation_config.json'), 'utf8')))
    .eos_token_id.map((id) => [String(id), -100]),
);

/** A request whose answer is the same every time, by seeded sampling. */
export function requestBody(sessionId: string, maxTokens: number): Record<string, unknown> {
  return {
    model: 'default',
    messages: [{ role: 'user', content: 'Tell me about the sea, the rivers and the islands.' }],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    temperature: 0.9,
    seed: 20_261_122,
    logit_bias: logitBias,
    session_id: sessionId,
  };
}

/** Reads an answer that nothing disturbs. */
export async function readWhole(
  server: ServerProcess,
  sessionId: string,
  maxTokens: number,
): Promise<ReceivedEvents> {
  return readEvents(await post(server, requestBody(sessionId, maxTokens)));
}

/** What one crash showed. */
export interface CrashResult {
  /** Everything that the client received, before and after. */
  readonly blocks: readonly string[];
  /** The same stream read again from its start. */
  readonly replay: readonly string[];
  /** Events that the client had when the server died. */
  readonly before: number;
}

/** Kills the server as soon as the client has event `index`, restarts it, and reads on from the last id. */
export async function crashAt(
  server: ServerProcess,
  sessionId: string,
  index: number,
  maxTokens: number,
): Promise<CrashResult> {
  let killed: Promise<void> | undefined;
  const first = await readEvents(await post(server, requestBody(sessionId, maxTokens)), (count) => {
    if (count > index) killed ??= server.kill();
  });
  await killed;
  await server.start();
  const rest = first.done ? [] : (await readOn(server, sessionId, first.lastId)).blocks;
  const replay = await readOn(server, sessionId, undefined);
  return { blocks: [...first.blocks, ...rest], replay: replay.blocks, before: first.blocks.length };
}

async function readOn(
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

async function post(server: ServerProcess, body: unknown): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return response;
    // Answers of earlier rounds that the server has just taken up again may still fill it.
    if (response.status !== 429 || tries === 100)
      throw new Error(`${response.status}: ${await response.text()}`);
    await delay(100);
  }
}
