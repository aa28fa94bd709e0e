import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEngine, type Engine } from './engine.js';
import type { OutputConstraint } from './grammar/output-constraint.js';
import { writeSmallCheckpoint } from './testing/small-checkpoint.js';
import type { GenerateEvent } from './types.js';

let model: string;
let cacheDir: string;
let engine: Engine;

beforeAll(async () => {
  model = await writeSmallCheckpoint();
  cacheDir = await mkdtemp(join(tmpdir(), 'qwenvl-cache-'));
  engine = await loadEngine({ model, cacheDir, threads: 1 });
});

afterAll(async () => {
  await engine.close();
  await rm(model, { recursive: true });
  await rm(cacheDir, { recursive: true });
});

/** Dear to compile even with a small vocabulary: a state for each of its characters. */
const dear: OutputConstraint = {
  type: 'grammar',
  grammar: `root ::= ${Array.from({ length: 150 }, () => '[^a-c]{1,120}').join(' "a" ')}`,
};

function ask(constraint: OutputConstraint | undefined, signal?: AbortSignal): AsyncIterable<GenerateEvent> {
  const messages = [{ role: 'user', content: 'Hello' }] as const;
  const reasoning = constraint === undefined ? {} : { constraint, thinkingBudget: 0 };
  return engine.generate({ messages, maxTokens: 200, sampling: { temperature: 0 }, signal, ...reasoning });
}

/** The answer itself, without the reasoning that was closed at once. */
function answerOf(events: readonly GenerateEvent[]): string {
  const text = events.map((event) => (event.type === 'start' ? '' : event.text)).join('');
  return text.slice(text.lastIndexOf('</think>') + '</think>'.length).trim();
}

async function collect(events: AsyncIterable<GenerateEvent>): Promise<GenerateEvent[]> {
  const all: GenerateEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test('a request whose grammar is being compiled holds nobody up, and can be cancelled', async () => {
  const controller = new AbortController();
  const state = { isDone: false };
  const waiting = collect(ask(dear, controller.signal)).finally(() => (state.isDone = true));
  const other = await collect(ask(undefined));
  const choice = await collect(ask({ type: 'choice', choices: ['yes'] }));
  expect(other.at(-1)).toMatchObject({ type: 'finish' });
  expect(answerOf(choice)).toBe('yes');
  expect(state.isDone).toBe(false);
  controller.abort();
  expect((await waiting).at(-1)).toMatchObject({ type: 'finish', reason: 'cancelled' });
}, 60_000);

test('what was prepared is there at once, and what cannot be honoured is refused', async () => {
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
  await engine.prepareConstraint({ type: 'json-schema', schema });
  const events = await collect(ask({ type: 'json-schema', schema }));
  expect(JSON.parse(answerOf(events))).toHaveProperty('ok');
  const refused = engine.prepareConstraint({ type: 'json-schema', schema: { uniqueItems: true } });
  await expect(refused).rejects.toMatchObject({ code: 'invalid-request' });
});
