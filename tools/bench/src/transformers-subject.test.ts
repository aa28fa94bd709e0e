import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { loadTransformers } from './transformers-subject.js';
import { writeTransformersModel } from './write-transformers-model.js';

const checkpoint = fileURLToPath(new URL('../../../libs/exporter/fixtures/model_small', import.meta.url));
const ids = z.array(z.int());
const goldenSchema = z.object({
  cases: z.object({ text: z.object({ input_ids: ids, greedy32: z.object({ tokens: ids }) }) }),
});

test('Transformers.js gives the greedy tokens of the reference with the model written for it', async () => {
  const { cases } = goldenSchema.parse(JSON.parse(await readFile(join(checkpoint, 'expected.json'), 'utf8')));
  const home = await mkdtemp(join(tmpdir(), 'qwenvl-bench-'));
  const folder = join(home, 'text');
  await writeTransformersModel(checkpoint, folder, 'fp32');
  const tokens: number[] = [];
  const onToken = (id: number): void => void tokens.push(id);
  const subject = await loadTransformers({ folder, threads: 1, dtype: 'fp32', onToken });
  const { steps } = await subject.answer(cases.text.input_ids, 32);
  await subject.close();
  await rm(home, { recursive: true });
  expect(tokens).toEqual(cases.text.greedy32.tokens);
  expect(steps).toHaveLength(31);
}, 60_000);
