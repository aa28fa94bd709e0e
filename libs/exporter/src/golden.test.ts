import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planGraphs } from './graphs/plan-graphs.js';
import { CheckpointReader } from './safetensors/checkpoint-reader.js';
import { maxDifference, MODEL_SMALL, readGolden } from './testing/golden.js';
import { ReferenceCase, referenceTable, smallConfig } from './testing/reference-case.js';
import { GraphRunner } from './testing/run-graphs.js';
import { writeGraphs } from './write-graphs.js';

const { layers, hiddenSize, vocabSize } = smallConfig.text;

let folder: string;
let runner: GraphRunner;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-golden-'));
  const reader = await CheckpointReader.open(MODEL_SMALL);
  const plans = planGraphs(smallConfig, { precision: 'fp32', blockSize: 64, exposeHidden: true });
  await writeGraphs(plans, { reader, folder });
  await reader.close();
  runner = new GraphRunner(folder, smallConfig);
});

afterAll(async () => {
  await runner.release();
  await rm(folder, { recursive: true });
});

describe.each(Object.keys(referenceTable.cases))('the reference case %s in fp32', (name) => {
  const reference = new ReferenceCase(name);

  it('has the reference vision and DeepStack features', async () => {
    for (const kind of reference.media) {
      const outputs = await reference.vision(runner, kind);
      expect(Object.keys(outputs)).toHaveLength(4);
      for (const [output, values] of Object.entries(outputs)) {
        const difference = maxDifference(values, reference.floats(`vision.${kind}.${output}`));
        expect(difference, `${kind} ${output}`).toBeLessThan(1e-4);
      }
    }
  });

  it('has the reference hidden states and logits', async () => {
    const outputs = await reference.prefill(runner);
    for (let layer = 0; layer < layers; layer++) {
      const expected = reference.floats(`layer_${layer}.out_before_deepstack`);
      const difference = maxDifference(outputs[`hidden_${layer}`]!, expected);
      expect(difference, `layer ${layer}`).toBeLessThan(5e-4);
    }
    expect(maxDifference(outputs['logits']!, reference.floats('logits'))).toBeLessThan(2e-4);
  });
});

describe.each(Object.entries(referenceTable.continuation))(
  'continuing %s from its KV cache',
  (name, turn) => {
    it('has the reference logits for the appended turn', async () => {
      const reference = new ReferenceCase(name);
      let { cache } = await reference.prefill(runner);
      for (const id of turn.generated) ({ cache } = await feed([id], cache));
      const { logits } = await feed(turn.appended, cache);
      const expected = readGolden(`continue_${name}`).get('logits')!.data;
      expect(maxDifference(logits!, expected)).toBeLessThan(2e-4);

      async function feed(ids: number[], before: typeof cache): ReturnType<GraphRunner['decode']> {
        const positions = ids.map((_, index) => before.length + index + turn.rope_delta);
        const embeds = await runner.embed(ids);
        return runner.decode({
          embeds,
          positions: [...positions, ...positions, ...positions],
          cache: before,
        });
      }
    });
  },
);

describe('the decoder', () => {
  const reference = new ReferenceCase('text');
  const tokens = reference.ids.length;

  it('looks embeddings up as the reference does', async () => {
    expect(maxDifference(await runner.embed(reference.ids), reference.floats('inputs_embeds'))).toBe(0);
  });

  it('gives logits for the wanted rows alone, and none when none is wanted', async () => {
    const step = { embeds: reference.floats('inputs_embeds'), positions: reference.positions };
    const last = await runner.decode({ ...step, rows: [tokens - 1] });
    const expected = reference.floats('logits').subarray((tokens - 1) * vocabSize);
    expect(maxDifference(last['logits']!, expected)).toBeLessThan(2e-4);
    expect((await runner.decode({ ...step, rows: [] }))['logits']).toHaveLength(0);
  });

  it('gives the same logits when the prompt comes in chunks', async () => {
    const positions = reference.positions.slice(0, tokens);
    const chunk = (start: number, end: number) => ({
      embeds: reference.floats('inputs_embeds').slice(start * hiddenSize, end * hiddenSize),
      positions: [0, 1, 2].flatMap(() => positions.slice(start, end)),
    });
    const { cache } = await runner.decode(chunk(0, 7));
    const { logits } = await runner.decode({ ...chunk(7, tokens), cache });
    expect(maxDifference(logits!, reference.floats('logits').subarray(7 * vocabSize))).toBeLessThan(2e-4);
  });

  it('decodes sequences of different lengths in one batch as it does one by one', async () => {
    const cases = ['text', 'one_image'].map((name) => new ReferenceCase(name));
    const prefills = await Promise.all(cases.map((one) => one.prefill(runner)));
    const steps = prefills.map(({ cache }, index) => ({ cache, id: 7 + index, position: 30 + index }));
    const together = await runner.decodeBatch(steps);
    for (const [index, { cache, id, position }] of steps.entries()) {
      const alone = await runner.decode({
        embeds: await runner.embed([id]),
        positions: [position, position, position],
        cache,
      });
      const row = together.subarray(index * vocabSize, (index + 1) * vocabSize);
      expect(maxDifference(row, alone['logits']!)).toBeLessThan(1e-4);
    }
  });
});
