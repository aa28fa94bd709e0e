import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEngine, type Engine } from './engine.js';
import { randomSchema } from './grammar/testing/random-schema.js';
import { writeSmallCheckpoint } from './testing/small-checkpoint.js';

const schemas = Array.from({ length: 200 }, (_, seed) => randomSchema(seed));
const atOnce = 4;
const ajv = addFormats.default(new Ajv2020({ strict: false }));

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

async function answer(seed: number): Promise<string> {
  let text = '';
  for await (const event of engine.generate({
    messages: [{ role: 'user', content: 'Hello' }],
    constraint: { type: 'json-schema', schema: schemas[seed] ?? {} },
    sampling: { temperature: 1, seed },
    thinkingBudget: 0,
    maxTokens: 4000,
  })) {
    if (event.type !== 'start') text += event.text;
    if (event.type === 'finish') expect(event.reason).toBe('stop');
  }
  return text.slice(text.lastIndexOf('</think>') + '</think>'.length);
}

// Its weights are random: what is valid here is so because of the mask alone.
test('a model that knows nothing answers 200 schemas of varied shape with valid JSON', async () => {
  const seeds = schemas.keys();
  const ask = async (): Promise<void> => {
    for (const seed of seeds) {
      const text = await answer(seed);
      const schema = schemas[seed] ?? {};
      const isValid = ajv.validate(schema, JSON.parse(text));
      expect({ isValid, errors: ajv.errors, schema, text }).toMatchObject({ isValid: true });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
}, 120_000);
