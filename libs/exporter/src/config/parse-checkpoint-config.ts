import { z } from 'zod';
import { ExporterError } from '../errors.js';
import { checkpointConfigSchema, type CheckpointConfig } from './checkpoint-config.js';

const ARCHITECTURE = 'Qwen3VLForConditionalGeneration';

const ropeSchema = z.object({
  rope_type: z.literal('default').default('default'),
  mrope_interleaved: z.literal(true),
  mrope_section: z.tuple([z.int(), z.int(), z.int()]),
  rope_theta: z.number().positive().optional(),
  partial_rotary_factor: z.literal(1).optional(),
});

const textSchema = z
  .object({
    attention_bias: z.literal(false).default(false),
    head_dim: z.int().positive().default(128),
    hidden_act: z.literal('silu').default('silu'),
    hidden_size: z.int().positive(),
    intermediate_size: z.int().positive(),
    max_position_embeddings: z.int().positive(),
    num_attention_heads: z.int().positive(),
    num_hidden_layers: z.int().positive(),
    num_key_value_heads: z.int().positive(),
    rms_norm_eps: z.number().positive().default(1e-6),
    /** transformers 4.57 */
    rope_scaling: ropeSchema.nullish(),
    rope_theta: z.number().positive().optional(),
    /** transformers 5 */
    rope_parameters: ropeSchema.nullish(),
    tie_word_embeddings: z.boolean().optional(),
    vocab_size: z.int().positive(),
  })
  .refine((text) => text.num_attention_heads % text.num_key_value_heads === 0, {
    error: 'num_attention_heads must be a multiple of num_key_value_heads',
  });

const visionSchema = z
  .object({
    deepstack_visual_indexes: z.array(z.int().nonnegative()),
    depth: z.int().positive(),
    hidden_act: z.literal('gelu_pytorch_tanh').default('gelu_pytorch_tanh'),
    hidden_size: z.int().positive(),
    in_channels: z.literal(3).default(3),
    intermediate_size: z.int().positive(),
    num_heads: z.int().positive(),
    num_position_embeddings: z.int().positive(),
    out_hidden_size: z.int().positive(),
    patch_size: z.int().positive(),
    spatial_merge_size: z.int().positive(),
    temporal_patch_size: z.int().positive(),
  })
  .refine((vision) => vision.deepstack_visual_indexes.every((index) => index < vision.depth), {
    error: 'deepstack_visual_indexes must name blocks below depth',
  })
  .refine((vision) => vision.hidden_size % (vision.num_heads * 4) === 0, {
    error: 'hidden_size must be a multiple of 4 x num_heads',
  })
  .refine((vision) => Number.isInteger(Math.sqrt(vision.num_position_embeddings)), {
    error: 'num_position_embeddings must be a square number',
  });

const configSchema = z.object({
  image_token_id: z.int().nonnegative(),
  video_token_id: z.int().nonnegative(),
  vision_start_token_id: z.int().nonnegative(),
  vision_end_token_id: z.int().nonnegative(),
  tie_word_embeddings: z.boolean().optional(),
  text_config: textSchema,
  vision_config: visionSchema,
});

const architectureSchema = z.object({
  architectures: z.array(z.string()).optional(),
  model_type: z.string().optional(),
  quantization_config: z.unknown().optional(),
});

/**
 * Reads a checkpoint's parsed `config.json`, as transformers 4.57 (`rope_scaling`) or 5 (`rope_parameters`)
 * writes it.
 *
 * @throws ExporterError `unsupported-checkpoint` when it is not a dense, unquantised Qwen3-VL;
 *   `invalid-config` when a value is missing or does not fit the others.
 */
export function parseCheckpointConfig(json: unknown): CheckpointConfig {
  rejectOtherArchitectures(json);
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    throw new ExporterError('invalid-config', `config.json: ${z.prettifyError(parsed.error)}`);
  }
  const config = toCheckpointConfig(parsed.data);
  checkSizesAgree(config, parsed.data.vision_config.out_hidden_size);
  return checkpointConfigSchema.parse(config);
}

function checkSizesAgree({ text, vision }: CheckpointConfig, outHiddenSize: number): void {
  const sections = text.mropeSection.reduce((sum, section) => sum + section, 0);
  if (sections !== text.headDim / 2) {
    throw new ExporterError(
      'invalid-config',
      `config.json: mrope_section adds up to ${sections}, but head_dim / 2 is ${text.headDim / 2}`,
    );
  }
  if (outHiddenSize !== text.hiddenSize) {
    throw new ExporterError(
      'invalid-config',
      'config.json: vision_config.out_hidden_size must equal text_config.hidden_size',
    );
  }
  if (vision.deepstackBlocks.length > text.layers) {
    throw new ExporterError('invalid-config', 'config.json: more DeepStack features than decoder layers');
  }
}

function rejectOtherArchitectures(json: unknown): void {
  const head = architectureSchema.safeParse(json);
  if (!head.success) throw new ExporterError('invalid-config', 'config.json is not a model configuration');
  const { architectures, model_type, quantization_config } = head.data;
  const named = architectures?.[0] ?? model_type ?? 'an unnamed architecture';
  if (named !== ARCHITECTURE && named !== 'qwen3_vl') {
    throw new ExporterError(
      'unsupported-checkpoint',
      `This checkpoint is ${named}; only dense Qwen3-VL (${ARCHITECTURE}) is supported`,
    );
  }
  if (quantization_config !== undefined && quantization_config !== null) {
    throw new ExporterError(
      'unsupported-checkpoint',
      'This checkpoint is already quantised; use the one with bf16, fp16 or fp32 weights',
    );
  }
}

function toCheckpointConfig(config: z.infer<typeof configSchema>): CheckpointConfig {
  const { text_config: text, vision_config: vision } = config;
  const rope = text.rope_parameters ?? text.rope_scaling;
  const ropeTheta = text.rope_parameters?.rope_theta ?? text.rope_theta ?? rope?.rope_theta;
  if (!rope || ropeTheta === undefined) {
    throw new ExporterError(
      'invalid-config',
      'config.json: text_config needs rope_theta with rope_scaling, or rope_parameters',
    );
  }
  return {
    tiedHead: config.tie_word_embeddings ?? text.tie_word_embeddings ?? false,
    text: {
      hiddenSize: text.hidden_size,
      layers: text.num_hidden_layers,
      heads: text.num_attention_heads,
      kvHeads: text.num_key_value_heads,
      headDim: text.head_dim,
      intermediateSize: text.intermediate_size,
      vocabSize: text.vocab_size,
      rmsNormEps: text.rms_norm_eps,
      ropeTheta,
      mropeSection: rope.mrope_section,
      maxPositions: text.max_position_embeddings,
    },
    vision: {
      depth: vision.depth,
      hiddenSize: vision.hidden_size,
      heads: vision.num_heads,
      headDim: vision.hidden_size / vision.num_heads,
      intermediateSize: vision.intermediate_size,
      patchSize: vision.patch_size,
      temporalPatchSize: vision.temporal_patch_size,
      mergeSize: vision.spatial_merge_size,
      channels: vision.in_channels,
      positionGrid: Math.sqrt(vision.num_position_embeddings),
      deepstackBlocks: vision.deepstack_visual_indexes,
    },
    tokens: {
      image: config.image_token_id,
      video: config.video_token_id,
      visionStart: config.vision_start_token_id,
      visionEnd: config.vision_end_token_id,
    },
  };
}
