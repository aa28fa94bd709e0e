import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckpointConfig } from '@qwenvl/exporter';
import { MropeRotary } from '../positions/mrope-rotary.js';
import { backends } from '../testing/backends.js';
import { maxDifference } from '../testing/golden-files.js';
import { exportToTemporary, modelSmall } from '../testing/golden.js';
import { GraphRuntime, type GraphRuntimeOptions } from './graph-runtime.js';
import { measureScales } from './measure-scales.js';
import { modelShape } from './model-shape.js';

const ids = (count: number, salt: number): Int32Array =>
  Int32Array.from({ length: count }, (_, index) => (index * 37 + salt) % 990);

/** Largest error of a logit on the small random checkpoint, whose logits deviate by 2.4: measured 0.13. */
const tolerance = 0.25;

describe.each(backends)('an 8-bit cache on the %s backend', (_, openBackend) => {
  let exact: GraphRuntime;
  let rounded: GraphRuntime;
  let config: CheckpointConfig;
  let graphs: string;

  beforeAll(async () => {
    const exported = await exportToTemporary(modelSmall, 'fp32');
    graphs = exported.graphs;
    config = exported.manifest.model;
    const options: GraphRuntimeOptions = {
      graphs,
      shape: modelShape(config),
      threads: 1,
      backend: openBackend(),
    };
    exact = await GraphRuntime.create(options);
    const cacheScales = await measureScales(options, config, ids(64, 1));
    rounded = await GraphRuntime.create({ ...options, cacheScales });
  });

  afterAll(async () => {
    await exact.close();
    await rounded.close();
    await rm(dirname(graphs), { recursive: true });
  });

  async function logits(runtime: GraphRuntime): Promise<Float32Array> {
    const rotary = new MropeRotary(config.text);
    const cache = runtime.createCache();
    const prompt = ids(40, 5);
    const last: number[] = [];
    for (const [from, to] of [
      [0, 16],
      [16, 39],
      [39, 40],
    ] as const) {
      const angles = rotary.text(Array.from({ length: to - from }, (_row, row) => from + row));
      const embeds = await runtime.embed(prompt.slice(from, to));
      const [row] = await runtime.forward([{ cache, embeds, ...angles, logitRows: [to - from - 1] }]);
      last.push(...(row ?? []));
    }
    return Float32Array.from(last);
  }

  test('takes a quarter of the memory and stays close to 32 bits', async () => {
    expect(rounded.bytesPerToken * 4).toBe(exact.bytesPerToken);
    const difference = maxDifference(await logits(rounded), await logits(exact));
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(tolerance);
  });
});
