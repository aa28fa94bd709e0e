import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planGraphs } from './graphs/plan-graphs.js';
import { CheckpointReader } from './safetensors/checkpoint-reader.js';
import { maxDifference, MODEL_SMALL } from './testing/golden.js';
import { ReferenceCase, referenceTable, smallConfig } from './testing/reference-case.js';
import { GraphRunner } from './testing/run-graphs.js';
import { writeGraphs } from './write-graphs.js';

let parent: string;
let runner: GraphRunner;
let plain: GraphRunner;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'qwenvl-rotated-'));
  runner = await write(true);
  plain = await write(false);
});

afterAll(async () => {
  await runner.release();
  await plain.release();
  await rm(parent, { recursive: true });
});

async function write(rotated: boolean): Promise<GraphRunner> {
  const folder = join(parent, String(rotated));
  await mkdir(folder);
  const reader = await CheckpointReader.open(MODEL_SMALL);
  const options = { precision: 'fp32', blockSize: 64, int8Prefill: true, rotated } as const;
  await writeGraphs(planGraphs(smallConfig, options), { reader, folder });
  await reader.close();
  return new GraphRunner(folder, smallConfig);
}

describe.each(Object.keys(referenceTable.cases))('a rotated stream in 32 bits, case %s', (name) => {
  const reference = new ReferenceCase(name);

  it('has the reference logits', async () => {
    const outputs = await reference.prefill(runner);
    expect(maxDifference(outputs['logits']!, reference.floats('logits'))).toBeLessThan(2e-4);
  });
});

describe('a rotated stream', () => {
  it.each(['decoder', 'prefill'] as const)(
    'leaves logits, keys and values of the %s as they are',
    async (graph) => {
      const reference = new ReferenceCase('one_image');
      const outputs = await reference.prefill(runner, graph);
      const expected = await reference.prefill(plain, graph);
      expect(maxDifference(outputs['logits']!, expected['logits']!)).toBeLessThan(1e-4);
      for (const [name, tensor] of Object.entries(outputs.cache.tensors)) {
        const values = expected.cache.tensors[name]?.data as Float32Array;
        expect(maxDifference(tensor.data as Float32Array, values), name).toBeLessThan(1e-4);
      }
    },
  );
});

describe('the embedding of a rotated stream', () => {
  it('is that of the reference', async () => {
    const reference = new ReferenceCase('text');
    const embeds = await runner.embed(reference.ids);
    expect(maxDifference(embeds, reference.floats('inputs_embeds'))).toBeLessThan(1e-6);
  });
});
