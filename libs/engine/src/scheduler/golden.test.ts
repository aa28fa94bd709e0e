import type { CheckpointConfig } from '@qwenvl/exporter';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PreparedPrompt } from '../prompt/prepared-prompt.js';
import type { GraphRuntime } from '../runtime/graph-runtime.js';
import type { KvCache } from '../runtime/runtime.js';
import { MropeRotary } from '../positions/mrope-rotary.js';
import { backends } from '../testing/backends.js';
import { floatsOf, modelSmall, readExpected, readTensors } from '../testing/golden.js';
import { maxDifference } from '../testing/golden-files.js';
import { openSmallRuntime, type SmallRuntime } from '../testing/small-runtime.js';
import { goldenPrompt } from '../testing/golden-prompt.js';
import { tokenPrompt } from '../worker/token-prompt.js';
import { FeatureCache } from './feature-cache.js';
import { MediaEncoder } from './media-encoder.js';

const expected = readExpected(modelSmall);
const visionTolerance = 1e-4;
const logitTolerance = 2e-4;

describe.each(backends)('on the %s backend', (_, openBackend) => {
  let runtime: GraphRuntime;
  let config: CheckpointConfig;
  let small: SmallRuntime;

  beforeAll(async () => {
    small = await openSmallRuntime(openBackend());
    ({ runtime, config } = small);
  });

  afterAll(async () => {
    await small.close();
  });

  async function encoded(prompt: PreparedPrompt): Promise<MediaEncoder> {
    const encoder = new MediaEncoder(runtime, config, prompt.media, new FeatureCache(0));
    while (!encoder.done) await encoder.step();
    return encoder;
  }

  /** Runs a whole prompt in chunks and returns the logits of every token, `[tokens, vocab]`. */
  async function prefill(prompt: PreparedPrompt, cache: KvCache, chunk: number): Promise<Float32Array> {
    const rotary = new MropeRotary(config.text);
    const media = await encoded(prompt);
    const all = new Float32Array(prompt.ids.length * config.text.vocabSize);
    for (let from = 0; from < prompt.ids.length; from += chunk) {
      const to = Math.min(from + chunk, prompt.ids.length);
      const embeds = await runtime.embed(prompt.ids.slice(from, to));
      const deepstack = media.place(embeds, from, to);
      const logitRows = Array.from({ length: to - from }, (_, row) => row);
      const angles = rotary.range(prompt.positions, from, to);
      const [logits] = await runtime.forward([{ cache, embeds, deepstack, ...angles, logitRows }]);
      all.set(logits ?? [], from * config.text.vocabSize);
    }
    return all;
  }

  /** Appends text tokens to a cache, one sequence a row, and returns their logits. */
  async function append(cache: KvCache, ids: readonly number[], ropeDelta: number): Promise<Float32Array> {
    const angles = new MropeRotary(config.text).text(ids.map((_, index) => cache.length + index + ropeDelta));
    const embeds = await runtime.embed(Int32Array.from(ids));
    const [logits] = await runtime.forward([{ cache, embeds, ...angles, logitRows: [...ids.keys()] }]);
    return logits ?? new Float32Array();
  }

  describe.each(Object.entries(expected.cases))('case %s', (name, golden) => {
    const tensors = readTensors(modelSmall, name);

    test('vision features and DeepStack are those of the reference', async () => {
      const prompt = tokenPrompt(goldenPrompt(golden, tensors, config), config);
      expect(prompt.ropeDelta).toBe(golden.rope_delta);
      const { hiddenSize } = config.text;
      const rows = Array.from(prompt.ids.keys());
      const placed = new Float32Array(prompt.ids.length * hiddenSize);
      const deepstack = (await encoded(prompt)).place(placed, 0, prompt.ids.length) ?? [];
      for (const kind of ['image', 'video'] as const) {
        const own = rows.filter((row) => prompt.ids[row] === config.tokens[kind]);
        if (own.length === 0) continue;
        const pick = (data: Float32Array | undefined): Float32Array =>
          Float32Array.from(
            own.flatMap((row) => [...(data ?? []).slice(row * hiddenSize, (row + 1) * hiddenSize)]),
          );
        const difference = (data: Float32Array | undefined, output: string): number =>
          maxDifference(pick(data), floatsOf(tensors, `vision.${kind}.${output}`));
        expect(difference(placed, 'features')).toBeLessThan(visionTolerance);
        expect(deepstack).toHaveLength(3);
        for (const [k, data] of deepstack.entries()) {
          expect(difference(data, `deepstack_${k}`)).toBeLessThan(visionTolerance);
        }
      }
    });

    test('embeddings with media in place are those of the reference', async () => {
      const prompt = tokenPrompt(goldenPrompt(golden, tensors, config), config);
      const embeds = await runtime.embed(prompt.ids);
      (await encoded(prompt)).place(embeds, 0, prompt.ids.length);
      expect(maxDifference(embeds, floatsOf(tensors, 'inputs_embeds'))).toBeLessThan(visionTolerance);
    });

    test.each([1000, 16, 5, 1])(
      'logits of every token are those of the reference, in chunks of %i',
      async (chunk) => {
        const logits = await prefill(
          tokenPrompt(goldenPrompt(golden, tensors, config), config),
          runtime.createCache(),
          chunk,
        );
        expect(maxDifference(logits, floatsOf(tensors, 'logits'))).toBeLessThan(logitTolerance);
      },
    );
  });

  test.each(Object.entries(expected.continuation))('the cache goes on after %s', async (name, golden) => {
    const promptCase = expected.cases[golden.prompt_case];
    if (!promptCase) throw new Error(`no case ${golden.prompt_case}`);
    const prompt = tokenPrompt(
      goldenPrompt(promptCase, readTensors(modelSmall, golden.prompt_case), config),
      config,
    );
    const cache = runtime.createCache();
    await prefill(prompt, cache, 8);
    for (const id of golden.generated) await append(cache, [id], prompt.ropeDelta);
    const logits = await append(cache, golden.appended, prompt.ropeDelta);
    const tensors = readTensors(modelSmall, `continue_${name}`);
    expect(maxDifference(logits, floatsOf(tensors, 'logits'))).toBeLessThan(logitTolerance);
    cache.truncate(prompt.ids.length);
    for (const id of golden.generated) await append(cache, [id], prompt.ropeDelta);
    expect(maxDifference(await append(cache, golden.appended, prompt.ropeDelta), logits)).toBe(0);
  });

  test('a batch of prompts of different lengths gives the logits of the left-padded batch', async () => {
    const batch = expected.left_padded_batch.rows.map((name) => {
      const golden = expected.cases[name];
      if (!golden) throw new Error(`no case ${name}`);
      return tokenPrompt(goldenPrompt(golden, readTensors(modelSmall, name), config), config);
    });
    const inputs = [];
    for (const prompt of batch) {
      const cache = runtime.createCache();
      await prefill(
        { ...prompt, ids: prompt.ids.slice(0, -1), positions: withoutLast(prompt.positions) },
        cache,
        8,
      );
      const embeds = await runtime.embed(prompt.ids.slice(-1));
      const angles = new MropeRotary(config.text).text([prompt.ids.length - 1 + prompt.ropeDelta]);
      inputs.push({ cache, embeds, ...angles, logitRows: [0] });
    }
    const logits = await runtime.forward(inputs);
    const together = Float32Array.from(logits.flatMap((row) => [...row]));
    const reference = floatsOf(readTensors(modelSmall, 'left_padded_batch'), 'logits_last');
    expect(maxDifference(together, reference)).toBeLessThan(logitTolerance);
  });
});

function withoutLast(positions: Int32Array): Int32Array {
  const tokens = positions.length / 3;
  return positions.filter((_, index) => index % tokens !== tokens - 1);
}
