import { describe, expect, it } from 'vitest';
import type { CheckpointConfig } from '../config/checkpoint-config.js';
import { smallConfig } from '../testing/reference-case.js';
import { listWeights, planGraphs } from './plan-graphs.js';

const SMALL_TOWER = { depth: 24, hiddenSize: 1024, heads: 16, headDim: 64, intermediateSize: 4096 };
const LARGE_TOWER = { depth: 27, hiddenSize: 1152, heads: 16, headDim: 72, intermediateSize: 4304 };

/** Sizes that are published for the dense checkpoints. */
function official(
  [hiddenSize, layers, heads, intermediateSize]: [number, number, number, number],
  tower: typeof SMALL_TOWER,
  tiedHead: boolean,
): CheckpointConfig {
  return {
    ...smallConfig,
    tiedHead,
    text: {
      ...smallConfig.text,
      hiddenSize,
      layers,
      heads,
      intermediateSize,
      kvHeads: 8,
      headDim: 128,
      vocabSize: 151936,
    },
    vision: { ...smallConfig.vision, ...tower },
  };
}

const CHECKPOINTS = {
  '2B': official([2048, 28, 16, 6144], SMALL_TOWER, true),
  '4B': official([2560, 36, 32, 9728], SMALL_TOWER, true),
  '8B': official([4096, 36, 32, 12288], LARGE_TOWER, false),
  '32B': official([5120, 64, 64, 25600], LARGE_TOWER, false),
};

describe('planGraphs', () => {
  it.each([
    ['2B', 2_127_532_032],
    ['4B', 4_437_815_808],
    ['8B', 8_767_123_696],
    ['32B', 33_357_390_064],
  ] as const)('counts the parameters of %s from its config', (name, parameters) => {
    const count = listWeights(CHECKPOINTS[name]).reduce(
      (sum, { shape }) => sum + shape.reduce((product, axis) => product * axis, 1),
      0,
    );
    expect(count).toBe(parameters);
  });

  it('asks for each weight once', () => {
    const names = listWeights(CHECKPOINTS['8B']).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('lm_head.weight');
    expect(listWeights(CHECKPOINTS['2B']).map(({ name }) => name)).not.toContain('lm_head.weight');
  });

  it.each([
    ['fp32', 4],
    ['fp16', 2],
    ['q8', 1 + 4 / 64],
    ['q4', 0.5 + 4.5 / 64],
  ] as const)('stores the decoder of 2B in %s with %f bytes a weight', (precision, bytes) => {
    const [, , decoder] = planGraphs(CHECKPOINTS['2B'], { precision, blockSize: 64 });
    const matrices = 28 * 2048 * (2 * 2048 + 2 * 1024 + 3 * 6144);
    expect(decoder!.data.bytes / (matrices * bytes)).toBeCloseTo(1, 2);
  });

  it('plans variants over the same weights: an 8-bit cache, and the native runtime’s operators', () => {
    const plans = planGraphs(CHECKPOINTS['2B'], { precision: 'q4', blockSize: 64 });
    const [vision, , decoder] = plans;
    expect(vision?.variants).toMatchObject([{ file: 'vision.native.onnx' }]);
    expect(decoder?.variants).toMatchObject([
      { file: 'decoder.int8-cache.onnx' },
      { file: 'decoder.native.onnx' },
      { file: 'decoder.int8-cache.native.onnx' },
    ]);
    const text = (model: Uint8Array): string => Buffer.from(model).toString('latin1');
    const offsets = (model: Uint8Array): string[] => text(model).match(/offset\x12.[0-9]+/g) ?? [];
    for (const { model, variants = [] } of plans) {
      for (const variant of variants) {
        expect(offsets(variant.model)).toEqual(offsets(model));
        expect(offsets(variant.model).length).toBeGreaterThan(300);
        const isNative = variant.file.includes('native');
        expect(/BlockProduct|ByteProduct/.test(text(variant.model))).toBe(isNative);
        expect(text(variant.model).includes('MatMulNBits')).toBe(!isNative);
        const isDecoder = variant.file.startsWith('decoder');
        expect(/\tAttention|\x10RoundedAttention/.test(text(variant.model))).toBe(isNative && isDecoder);
        const replaced = isDecoder ? ['GroupQueryAttention', 'RotaryEmbedding', 'Sigmoid'] : [];
        for (const operator of replaced) {
          expect(text(variant.model).includes(operator)).toBe(!isNative);
        }
      }
    }
    for (const { variants } of planGraphs(CHECKPOINTS['2B'], { precision: 'fp32', blockSize: 64 })) {
      expect(variants?.some(({ file }) => file.includes('native')) ?? false).toBe(false);
    }
  });

  it('plans a prefill graph on request, everything but its 8-bit weights where the decoder has it', () => {
    const options = { precision: 'q4', blockSize: 64 } as const;
    expect(planGraphs(CHECKPOINTS['2B'], options)).toHaveLength(3);
    const [, , decoder, prefill] = planGraphs(CHECKPOINTS['2B'], { ...options, int8Prefill: true });
    expect(prefill?.name).toBe('prefill');
    expect(prefill?.variants).toMatchObject([{ file: 'prefill.int8-cache.onnx' }]);
    expect(prefill!.data.bytes / (28 * 2048 * (2 * 2048 + 2 * 1024 + 3 * 6144))).toBeCloseTo(1, 2);
    const norm = (model: Uint8Array): string | undefined =>
      /layers\.27\.self_attn\.k_norm\.weightj.*?offset\x12.[0-9]+/s.exec(
        Buffer.from(model).toString('latin1'),
      )?.[0];
    expect(norm(prefill!.model)).toBeDefined();
    expect(norm(prefill!.model)).toBe(norm(decoder!.model));
  });

  it('lets a tied head read the bytes of the embedding', () => {
    for (const precision of ['fp32', 'fp16', 'q8', 'q4'] as const) {
      const [, embedding, decoder] = planGraphs(CHECKPOINTS['2B'], { precision, blockSize: 64 });
      expect(Buffer.from(decoder!.model).includes('embedding.onnx.data')).toBe(true);
      expect(embedding!.data.weights).toHaveLength(1);
    }
  });
});
