import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckpointConfig } from '@qwenvl/exporter';
import { MropeRotary } from '../positions/mrope-rotary.js';
import { backends } from '../testing/backends.js';
import { maxDifference } from '../testing/golden-files.js';
import { openSmallRuntime, type SmallRuntime } from '../testing/small-runtime.js';
import { GraphRuntime } from './graph-runtime.js';
import { measureScales } from './measure-scales.js';

const ids = (count: number, salt: number): Int32Array =>
  Int32Array.from({ length: count }, (_, index) => (index * 37 + salt) % 990);

/** Largest error of a logit on the small random checkpoint, whose logits deviate by 2.4: measured 0.13. */
const tolerance = 0.25;

describe.each(backends)('an 8-bit cache on the %s backend', (_, openBackend) => {
  let exact: GraphRuntime;
  let rounded: GraphRuntime;
  let config: CheckpointConfig;
  let small: SmallRuntime;

  beforeAll(async () => {
    small = await openSmallRuntime(openBackend());
    ({ runtime: exact, config } = small);
    const cacheScales = await measureScales(small.options, config, ids(64, 1));
    rounded = await GraphRuntime.create({ ...small.options, cacheScales });
  });

  afterAll(async () => {
    await rounded.close();
    await small.close();
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
