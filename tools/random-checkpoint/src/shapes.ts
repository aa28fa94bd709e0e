/** Sizes that differ between the members of the family. */
interface Shape {
  readonly tied: boolean;
  readonly text: {
    hidden: number;
    layers: number;
    heads: number;
    kvHeads: number;
    headDim: number;
    mlp: number;
  };
  readonly vision: { depth: number; hidden: number; heads: number; mlp: number; deepstack: number[] };
}

/** Rows of the embedding in every official checkpoint. */
const REAL_VOCAB_SIZE = 151936;

const SMALL_TOWER = { depth: 24, hidden: 1024, heads: 16, mlp: 4096, deepstack: [5, 11, 17] };
const LARGE_TOWER = { depth: 27, hidden: 1152, heads: 16, mlp: 4304, deepstack: [8, 16, 24] };

/** The dense checkpoints that exist, and `tiny`, which runs in a blink with the real tokenizer. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  tiny: {
    tied: true,
    text: { hidden: 64, layers: 3, heads: 4, kvHeads: 2, headDim: 16, mlp: 128 },
    vision: { depth: 3, hidden: 64, heads: 4, mlp: 128, deepstack: [0, 1, 2] },
  },
  '2b': {
    tied: true,
    text: { hidden: 2048, layers: 28, heads: 16, kvHeads: 8, headDim: 128, mlp: 6144 },
    vision: SMALL_TOWER,
  },
  '4b': {
    tied: true,
    text: { hidden: 2560, layers: 36, heads: 32, kvHeads: 8, headDim: 128, mlp: 9728 },
    vision: SMALL_TOWER,
  },
  '8b': {
    tied: false,
    text: { hidden: 4096, layers: 36, heads: 32, kvHeads: 8, headDim: 128, mlp: 12288 },
    vision: LARGE_TOWER,
  },
  '32b': {
    tied: false,
    text: { hidden: 5120, layers: 64, heads: 64, kvHeads: 8, headDim: 128, mlp: 25600 },
    vision: LARGE_TOWER,
  },
};

/** `config.json` of a shape, as transformers 4.57 writes it, with the real token ids. */
export function configOf({ tied, text, vision }: Shape, vocabSize = REAL_VOCAB_SIZE): object {
  const half = text.headDim / 2;
  const spatial = Math.floor((half * 5) / 16);
  return {
    architectures: ['Qwen3VLForConditionalGeneration'],
    model_type: 'qwen3_vl',
    image_token_id: 151655,
    video_token_id: 151656,
    vision_start_token_id: 151652,
    vision_end_token_id: 151653,
    tie_word_embeddings: tied,
    transformers_version: '4.57.0.dev0',
    text_config: {
      attention_bias: false,
      attention_dropout: 0,
      bos_token_id: 151643,
      dtype: 'bfloat16',
      eos_token_id: 151645,
      head_dim: text.headDim,
      hidden_act: 'silu',
      hidden_size: text.hidden,
      initializer_range: 0.02,
      intermediate_size: text.mlp,
      max_position_embeddings: 262144,
      model_type: 'qwen3_vl_text',
      num_attention_heads: text.heads,
      num_hidden_layers: text.layers,
      num_key_value_heads: text.kvHeads,
      rms_norm_eps: 1e-6,
      rope_scaling: {
        mrope_interleaved: true,
        mrope_section: [half - 2 * spatial, spatial, spatial],
        rope_type: 'default',
      },
      rope_theta: 5_000_000,
      tie_word_embeddings: tied,
      use_cache: true,
      vocab_size: vocabSize,
    },
    vision_config: {
      deepstack_visual_indexes: vision.deepstack,
      depth: vision.depth,
      hidden_act: 'gelu_pytorch_tanh',
      hidden_size: vision.hidden,
      in_channels: 3,
      initializer_range: 0.02,
      intermediate_size: vision.mlp,
      model_type: 'qwen3_vl',
      num_heads: vision.heads,
      num_position_embeddings: 2304,
      out_hidden_size: text.hidden,
      patch_size: 16,
      spatial_merge_size: 2,
      temporal_patch_size: 2,
    },
  };
}
