import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportCheckpoint } from './export-checkpoint.js';
import { makeCheckpoint, smallWeights } from './testing/checkpoint-folder.js';
import { MODEL_SMALL } from './testing/golden.js';
import { ReferenceCase, smallConfig } from './testing/reference-case.js';
import { GraphRunner } from './testing/run-graphs.js';

let parent: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'qwenvl-precision-'));
});

afterAll(async () => {
  await rm(parent, { recursive: true });
});

/** Root mean square of the difference, over that of the reference. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  const square = (sum: number, value: number): number => sum + value * value;
  return Math.sqrt(
    actual.map((value, index) => value - expected[index]!).reduce(square, 0) / expected.reduce(square, 0),
  );
}

describe.each([
  ['fp16', 64, 0.002, 0.002],
  ['q8', 32, 0.05, 0.05],
  ['q8', 64, 0.05, 0.05],
  ['q8', 128, 0.05, 0.05],
  ['q4', 32, 0.05, 0.35],
  ['q4', 64, 0.05, 0.45],
  ['q4', 128, 0.05, 0.45],
  ['q4', 256, 0.05, 0.45],
] as const)('%s in blocks of %i', (precision, blockSize, visionLimit, logitLimit) => {
  it('stays near the reference', async ({ annotate }) => {
    const target = join(parent, `${precision}-${blockSize}`);
    await exportCheckpoint({ source: MODEL_SMALL, target, precision, blockSize });
    const runner = new GraphRunner(target, smallConfig);
    const reference = new ReferenceCase('one_image');
    const { features } = await reference.vision(runner, 'image');
    const vision = relativeError(features!, reference.floats('vision.image.features'));
    const embedding = relativeError(
      await runner.embed(reference.ids.slice(0, 3)),
      reference.floats('inputs_embeds').slice(0, 3 * 64),
    );
    const { logits } = await reference.prefill(runner);
    const decoder = relativeError(logits!, reference.floats('logits'));
    const percent = (error: number): string => `${(100 * error).toFixed(2)} %`;
    await annotate(
      `relative error: vision ${percent(vision)}, embedding ${percent(embedding)}, logits ${percent(decoder)}`,
    );
    expect(vision).toBeLessThan(visionLimit);
    expect(embedding).toBeLessThan(precision === 'q4' ? 0.15 : 0.01);
    expect(decoder).toBeLessThan(logitLimit);
    await runner.release();
  });
});

describe('a tied head', () => {
  it.each([
    ['fp32', 64],
    ['fp16', 64],
    ['q8', 64],
    ['q4', 32],
    ['q4', 256],
  ] as const)('gives the logits of an untied twin (%s, blocks of %i)', async (precision, blockSize) => {
    const name = 'model.language_model.embed_tokens.weight';
    const twinWeights = new Map([...smallWeights, ['lm_head.weight', smallWeights.get(name)!]]);
    const tiedWeights = new Map([...smallWeights].filter(([key]) => key !== 'lm_head.weight'));
    const logits: Float32Array[] = [];
    for (const [tied, weights] of [
      [true, tiedWeights],
      [false, twinWeights],
    ] as const) {
      const source = await makeCheckpoint({ weights, tied });
      const target = join(parent, `tied-${tied}-${precision}-${blockSize}`);
      const manifest = await exportCheckpoint({ source, target, precision, blockSize });
      const runner = new GraphRunner(target, manifest.model);
      logits.push((await new ReferenceCase('text').prefill(runner))['logits']!);
      await runner.release();
      await rm(source, { recursive: true });
    }
    expect(relativeError(logits[0]!, logits[1]!)).toBeLessThan(1e-6);
  });
});
