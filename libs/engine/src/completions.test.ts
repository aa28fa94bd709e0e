import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEngine, type Engine } from './engine.js';
import { writeSmallCheckpoint } from './testing/small-checkpoint.js';
import type { CompletionRequest, GenerateEvent } from './types.js';

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

async function complete(prompt: CompletionRequest['prompt']): Promise<GenerateEvent[]> {
  const events: GenerateEvent[] = [];
  for await (const event of engine.complete({ prompt, sampling: { temperature: 0 }, maxTokens: 6 }))
    events.push(event);
  return events;
}

test('a completion begins with exactly the tokens of its text, and ids give the same', async () => {
  const ids = await engine.tokenize('Once upon');
  const fromText = await complete('Once upon');
  expect(fromText[0]).toMatchObject({ type: 'start', promptTokens: ids.length });
  expect(fromText.filter(({ type }) => type === 'token').length).toBeGreaterThan(0);
  const [, ...rest] = await complete(ids);
  expect(rest).toEqual(fromText.slice(1));
});

test('added tokens count in raw text, unlike in messages', async () => {
  const text = '<|im_start|>user';
  const plain = await engine.tokenize(text);
  const [start] = await complete(text);
  expect(start).toMatchObject({ type: 'start' });
  expect((start as { promptTokens: number }).promptTokens).toBeLessThan(plain.length);
});

test.each([
  ['an empty text', '', 'invalid-request'],
  ['no ids', [], 'invalid-request'],
  ['an id outside the vocabulary', [2_000_000_000], 'invalid-request'],
  ['an id beyond 32 bits', [2 ** 40], 'invalid-request'],
  ['a media pad without media', 'Look: <|image_pad|>', 'invalid-request'],
])('%s is refused', async (_name, prompt, code) => {
  await expect(complete(prompt)).rejects.toMatchObject({ code });
});
