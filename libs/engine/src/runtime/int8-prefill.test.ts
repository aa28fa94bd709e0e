import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckpointConfig } from '@qwenvl/exporter';
import { MropeRotary } from '../positions/mrope-rotary.js';
import { backends } from '../testing/backends.js';
import { maxDifference } from '../testing/golden-files.js';
import { openSmallRuntime, type SmallRuntime } from '../testing/small-runtime.js';
import { GraphRuntime } from './graph-runtime.js';
import { measureScales } from './measure-scales.js';
import type { KvCache } from './runtime.js';

const prompt = Int32Array.from({ length: 48 }, (_, index) => (index * 37 + 5) % 990);

/** Largest error of a logit on the small random checkpoint, whose logits deviate by 2.4: measured 0.48. */
const tolerance = 0.75;

describe.each(backends)('8-bit weights for prompts on the %s backend', (_, openBackend) => {
  let exact: GraphRuntime;
  let rounded: GraphRuntime;
  let config: CheckpointConfig;
  let small: SmallRuntime;

  beforeAll(async () => {
    small = await openSmallRuntime(openBackend());
    ({ runtime: exact, config } = small);
    rounded = await GraphRuntime.create({ ...small.options, prefillWeights: 'int8' });
  });

  afterAll(async () => {
    await rounded.close();
    await small.close();
  });

  async function append(runtime: GraphRuntime, cache: KvCache, to: number, isPrompt: boolean) {
    const from = cache.length;
    const angles = new MropeRotary(config.text).text(
      Array.from({ length: to - from }, (_row, row) => from + row),
    );
    const embeds = await runtime.embed(prompt.slice(from, to));
    const logitRows = Array.from({ length: to - from }, (_row, row) => row);
    const [logits] = await runtime.forward([{ cache, embeds, ...angles, logitRows, isPrompt }]);
    return Float32Array.from(logits ?? []);
  }

  /** Logits of a prompt computed in chunks that end at `ends`, and of eight tokens decoded after it. */
  async function run(runtime: GraphRuntime, ends: readonly number[]) {
    const cache = runtime.createCache();
    const chunks: number[] = [];
    for (const end of ends) chunks.push(...(await append(runtime, cache, end, true)));
    const steps: number[] = [];
    for (let at = 41; at <= 48; at++) steps.push(...(await append(runtime, cache, at, false)));
    return { chunks: Float32Array.from(chunks), steps: Float32Array.from(steps) };
  }

  test('the prompt and what is decoded after it stay close to 32 bits', async () => {
    const [near, reference] = [await run(rounded, [40]), await run(exact, [40])];
    expect(maxDifference(near.chunks, reference.chunks)).toBeGreaterThan(0);
    expect(maxDifference(near.chunks, reference.chunks)).toBeLessThan(tolerance);
    expect(maxDifference(near.steps, reference.steps)).toBeLessThan(tolerance);
  });

  test('a prompt gives the same bits wherever it is cut at multiples of eight', async () => {
    const whole = await run(rounded, [40]);
    for (const ends of [
      [8, 40],
      [16, 24, 40],
      [32, 40],
      [8, 16, 24, 32, 40],
    ]) {
      expect(await run(rounded, ends)).toEqual(whole);
    }
  });

  test('it is not used for tokens of the answer', async () => {
    const cache = rounded.createCache();
    const same = exact.createCache();
    expect(await append(rounded, cache, 40, false)).toEqual(await append(exact, same, 40, false));
  });

  test('it writes an 8-bit cache as well', async () => {
    const cacheScales = await measureScales(small.options, config, prompt);
    const both = await GraphRuntime.create({ ...small.options, cacheScales, prefillWeights: 'int8' });
    const { steps } = await run(both, [24, 40]);
    expect(maxDifference(steps, (await run(exact, [40])).steps)).toBeLessThan(tolerance);
    await both.close();
  });
});
