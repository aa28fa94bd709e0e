import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODEL_SMALL } from '../testing/golden.js';
import { parseCheckpointConfig } from './parse-checkpoint-config.js';

type Json = Record<string, unknown> & {
  text_config: Record<string, unknown>;
  vision_config: Record<string, unknown>;
};

const small = (): Json => JSON.parse(readFileSync(join(MODEL_SMALL, 'config.json'), 'utf8')) as Json;
const failure = (code: string, message = /./): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string });

describe('parseCheckpointConfig', () => {
  it('reads the form of transformers 4.57', () => {
    expect(parseCheckpointConfig(small())).toMatchObject({
      tiedHead: false,
      text: { hiddenSize: 64, heads: 6, kvHeads: 2, headDim: 16, ropeTheta: 5e6, mropeSection: [4, 2, 2] },
      vision: {
        hiddenSize: 48,
        headDim: 16,
        intermediateSize: 100,
        positionGrid: 48,
        deepstackBlocks: [0, 1, 3],
      },
      tokens: { image: 1000, video: 1001, visionStart: 1002, visionEnd: 1003 },
    });
  });

  it('reads the form of transformers 5 to the same facts', () => {
    const config = small();
    const { rope_scaling, rope_theta, ...text } = config.text_config;
    const rope_parameters = { ...(rope_scaling as object), rope_theta };
    const newer = { ...config, text_config: { ...text, rope_parameters } };
    expect(parseCheckpointConfig(newer)).toEqual(parseCheckpointConfig(config));
  });

  it('takes the outer tie_word_embeddings before the inner one', () => {
    const config = { ...small(), tie_word_embeddings: true };
    expect(parseCheckpointConfig(config).tiedHead).toBe(true);
  });

  it.each([
    [{ architectures: ['Qwen3VLMoeForConditionalGeneration'], model_type: 'qwen3_vl_moe' }, /Qwen3VLMoe/],
    [{ architectures: ['LlamaForCausalLM'] }, /LlamaForCausalLM/],
    [{ ...small(), quantization_config: { quant_method: 'fp8' } }, /already quantised/],
    [{}, /unnamed/],
  ])('refuses another model with one clear error', (config, message) => {
    expect(() => parseCheckpointConfig(config)).toThrow(failure('unsupported-checkpoint', message));
  });

  it.each([
    ['no object', () => null, /not a model/],
    [
      'a missing size',
      (c: Json) => ({ ...c, text_config: { ...c.text_config, hidden_size: undefined } }),
      /hidden_size/,
    ],
    [
      'an odd activation',
      (c: Json) => ({ ...c, vision_config: { ...c.vision_config, hidden_act: 'relu' } }),
      /hidden_act/,
    ],
    [
      'no rope at all',
      (c: Json) => ({ ...c, text_config: { ...c.text_config, rope_scaling: null } }),
      /rope/,
    ],
    ['contiguous mRoPE', (c: Json) => withRope(c, { mrope_interleaved: false }), /mrope_interleaved/],
    ['stretched rope', (c: Json) => withRope(c, { rope_type: 'yarn' }), /rope_type/],
    [
      'sections that do not fill the head',
      (c: Json) => withRope(c, { mrope_section: [4, 2, 1] }),
      /adds up to 7/,
    ],
    [
      'widths that differ',
      (c: Json) => ({ ...c, vision_config: { ...c.vision_config, out_hidden_size: 32 } }),
      /out_hidden/,
    ],
    [
      'uneven heads',
      (c: Json) => ({ ...c, text_config: { ...c.text_config, num_key_value_heads: 4 } }),
      /multiple/,
    ],
    [
      'a DeepStack block beyond the tower',
      (c: Json) => ({ ...c, vision_config: { ...c.vision_config, deepstack_visual_indexes: [9] } }),
      /deepstack/,
    ],
    [
      'more DeepStack features than layers',
      (c: Json) => ({ ...c, text_config: { ...c.text_config, num_hidden_layers: 2 } }),
      /layers/,
    ],
  ])('explains %s', (_, change, message) => {
    expect(() => parseCheckpointConfig(change(small()))).toThrow(failure('invalid-config', message));
  });
});

function withRope(config: Json, change: object): object {
  const rope = config.text_config['rope_scaling'] as object;
  return { ...config, text_config: { ...config.text_config, rope_scaling: { ...rope, ...change } } };
}
