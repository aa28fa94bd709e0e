import { z } from 'zod';

const size = z.int().positive();
const tokenId = z.int().nonnegative();

/**
 * The facts of a Qwen3-VL checkpoint that shape its graphs and its prompts, in one form whatever version of
 * transformers wrote `config.json`.
 */
export const checkpointConfigSchema = z.object({
  /** The head reads the embedding table; there is no `lm_head.weight`. */
  tiedHead: z.boolean(),
  text: z.object({
    hiddenSize: size,
    layers: size,
    heads: size,
    kvHeads: size,
    /** Never derived from the hidden size: 4B has 32 heads of 128 over a hidden size of 2560. */
    headDim: size.multipleOf(2),
    intermediateSize: size,
    vocabSize: size,
    rmsNormEps: z.number().positive(),
    ropeTheta: z.number().positive(),
    /** Frequencies given to time, height and width; their sum is `headDim / 2`. Always interleaved. */
    mropeSection: z.tuple([size, size, size]),
    /** Longest context the checkpoint was trained for, in tokens. */
    maxPositions: size,
  }),
  vision: z.object({
    depth: size,
    hiddenSize: size,
    heads: size,
    headDim: size.multipleOf(4),
    intermediateSize: size,
    patchSize: size,
    temporalPatchSize: size,
    /** Side of the square of patches that becomes one token. */
    mergeSize: size,
    channels: size,
    /** Side of the square table of learned positions: 48 for the official checkpoints. */
    positionGrid: size,
    /** Vision blocks after which a DeepStack feature is taken. */
    deepstackBlocks: z.array(z.int().nonnegative()),
  }),
  tokens: z.object({ image: tokenId, video: tokenId, visionStart: tokenId, visionEnd: tokenId }),
});

/** The facts of a checkpoint; see {@link checkpointConfigSchema} for each field. */
export type CheckpointConfig = z.infer<typeof checkpointConfigSchema>;

/** Length of a flattened patch: channels x temporal x patch x patch, 1536 for the official checkpoints. */
export function patchLength({ vision }: CheckpointConfig): number {
  return vision.channels * vision.temporalPatchSize * vision.patchSize ** 2;
}
