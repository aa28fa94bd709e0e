import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEngine, type Engine } from './engine.js';
import type { OutputConstraint } from './grammar/output-constraint.js';
import { randomSchema } from './grammar/testing/random-schema.js';
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

test('answers that are held to something and free ones run beside each other, and can be cancelled', async () => {
  const controller = new AbortController();
  const long = collect(
    ask({ type: 'json-schema', schema: { type: 'string', minLength: 150 } }, controller.signal),
  );
  const [other, choice] = await Promise.all([
    collect(ask(undefined)),
    collect(ask({ type: 'choice', choices: ['yes'] })),
  ]);
  expect(other.at(-1)).toMatchObject({ type: 'finish' });
  expect(answerOf(choice)).toBe('yes');
  controller.abort();
  expect((await long).at(-1)).toMatchObject({ type: 'finish' });
});

test('what cannot be honoured is refused before the answer begins', async () => {
  for (const constraint of [
    { type: 'json-schema', schema: { uniqueItems: true } },
    { type: 'grammar', grammar: 'root ::= root "a"' },
  ] as const)
    await expect(collect(ask(constraint))).rejects.toMatchObject({ code: 'invalid-request' });
});

test('what was prepared is there at once, and what cannot be honoured is refused', async () => {
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
  await engine.prepareConstraint({ type: 'json-schema', schema });
  const events = await collect(ask({ type: 'json-schema', schema }));
  expect(JSON.parse(answerOf(events))).toHaveProperty('ok');
  const refused = engine.prepareConstraint({ type: 'json-schema', schema: { uniqueItems: true } });
  await expect(refused).rejects.toMatchObject({ code: 'invalid-request' });
});

// The model's weights are random: what is valid here is so because of the mask alone.
test('a model that knows nothing answers 200 schemas of varied shape with valid JSON', async () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  const seeds = Array.from({ length: 200 }, (_, seed) => seed).values();
  const askInTurn = async (): Promise<void> => {
    for (const seed of seeds) {
      const schema = randomSchema(seed);
      const events = await collect(
        engine.generate({
          messages: [{ role: 'user', content: 'Hello' }],
          constraint: { type: 'json-schema', schema },
          sampling: { temperature: 1, seed },
          thinkingBudget: 0,
          maxTokens: 4000,
        }),
      );
      expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
      const text = answerOf(events);
      const isValid = ajv.validate(schema, JSON.parse(text));
      expect({ isValid, errors: ajv.errors, schema, text }).toMatchObject({ isValid: true });
    }
  };
  await Promise.all([askInTurn(), askInTurn(), askInTurn(), askInTurn()]);
}, 120_000);
