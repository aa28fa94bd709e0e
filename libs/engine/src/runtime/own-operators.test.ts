import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MropeRotary } from '../positions/mrope-rotary.js';
import { maxDifference } from '../testing/golden-files.js';
import { operatorBackends } from '../testing/operator-backends.js';
import { openSmallRuntime, type SmallRuntime } from '../testing/small-runtime.js';
import { GraphRuntime, type GraphRuntimeOptions } from './graph-runtime.js';
import { measureScales } from './measure-scales.js';
import { nativeBackend } from './native/native-backend.js';
import type { DecoderInput, KvCache } from './runtime.js';

/** Largest error of a logit against onnxruntime's operators, which round as much: measured 0.05 (q8) and 0.10 (q4). */
const tolerance = 0.2;

const cases = operatorBackends.flatMap((backend) =>
  (['q4', 'q8'] as const).flatMap((precision) =>
    (['f32', 'int8'] as const).map((kvCache) => ({ backend, precision, kvCache })),
  ),
);

describe.each(cases)('a decoder in $precision over operators of our own, $kvCache cache', (given) => {
  const { backend, precision, kvCache } = given;
  let small: SmallRuntime;
  let options: GraphRuntimeOptions;
  let own: GraphRuntime;

  beforeAll(async () => {
    small = await openSmallRuntime(backend, precision);
    const measure = () => measureScales(small.options, small.config, idsOf(64, 1));
    options = { ...small.options, cacheScales: kvCache === 'int8' ? await measure() : undefined };
    own = await GraphRuntime.create(options);
  });

  afterAll(async () => {
    await own.close();
    await small.close();
  });

  const idsOf = (length: number, salt: number): Int32Array =>
    Int32Array.from({ length }, (_, index) => (index * 37 + salt * 101 + 5) % 990);

  async function input(cache: KvCache, ids: Int32Array): Promise<DecoderInput> {
    const places = Array.from(ids, (_, row) => cache.length + row);
    const embeds = await own.embed(ids);
    return { cache, embeds, ...new MropeRotary(small.config.text).text(places), logitRows: [ids.length - 1] };
  }

  /** The logits after a prompt that is computed in parts which end at `ends`. */
  async function prompt(runtime: GraphRuntime, ids: Int32Array, ends: readonly number[] = []) {
    const cache = runtime.createCache();
    let logits = new Float32Array();
    for (const end of [...ends, ids.length]) {
      const [last] = await runtime.forward([await input(cache, ids.slice(cache.length, end))]);
      logits = Float32Array.from(last ?? []);
    }
    return { cache, logits };
  }

  test('has a graph for them, and answers as one over onnxruntime’s', async () => {
    expect(existsSync(join(options.graphs, 'decoder.native.onnx'))).toBe(true);
    const theirs = await GraphRuntime.create({ ...options, backend: nativeBackend(undefined, false) });
    const expected = await prompt(theirs, idsOf(40, 0));
    const { logits } = await prompt(own, idsOf(40, 0));
    await theirs.close();
    expect([own.exactRows, theirs.exactRows]).toEqual([true, false]);
    expect(maxDifference(logits, expected.logits)).toBeGreaterThan(0);
    expect(maxDifference(logits, expected.logits)).toBeLessThan(tolerance);
  });

  test('gives the same bits wherever a prompt is cut', async () => {
    const whole = await prompt(own, idsOf(40, 0));
    for (const ends of [[1], [2], [7], [39], [13, 28], [1, 2, 3, 4, 5, 20, 21, 22, 36]]) {
      expect((await prompt(own, idsOf(40, 0), ends)).logits).toEqual(whole.logits);
    }
  });

  test('gives the same bits whatever other answers share a step', async () => {
    const step = async (streams: number): Promise<Float32Array> => {
      const inputs: DecoderInput[] = [];
      for (let stream = 0; stream < streams; stream++) {
        const { cache } = await prompt(own, idsOf(20 + 9 * stream, stream));
        inputs.push(await input(cache, Int32Array.of(77)));
      }
      const [logits] = await own.forward(inputs);
      return Float32Array.from(logits ?? []);
    };
    const alone = await step(1);
    for (const streams of [2, 3, 5, 8, 11]) expect(await step(streams)).toEqual(alone);
  });
});
