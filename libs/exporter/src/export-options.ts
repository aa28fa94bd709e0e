import { z } from 'zod';
import { ExporterError } from './errors.js';

/** How weights of linear layers and the embedding are stored. */
const precisionSchema = z.enum(['fp32', 'fp16', 'q8', 'q4']);

/** Weights in a quantisation block, which share one scale. */
const blockSizeSchema = z.literal([32, 64, 128, 256]);

/** Schema of {@link ExportOptions}. */
export const exportOptionsSchema = z.object({
  precision: precisionSchema,
  blockSize: blockSizeSchema,
  int8Prefill: z.boolean().optional(),
});

/** `fp32`, `fp16` (stored so, computed in f32), `q8` or `q4`. */
export type Precision = z.infer<typeof precisionSchema>;

/** 32, 64, 128 or 256: the most weights in a block; rows that are no multiple of it are cut in smaller ones. */
export type BlockSize = z.infer<typeof blockSizeSchema>;

/** What decides the contents of the exported files, besides the checkpoint. */
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

/**
 * Block size when none is given. With 4 bits 256: 6 % fewer bytes to read for a token than with 128 and faster kernels,
 * for about 5 % more error in a weight than symmetric blocks of 128 have (`docs/benchmarks.md`, "Blocks").
 */
const DEFAULT_BLOCK_SIZES: Readonly<Record<Precision, BlockSize>> = {
  fp32: 128,
  fp16: 128,
  q8: 128,
  q4: 256,
};

/**
 * Checks a request's options and fills in the default.
 *
 * @throws ExporterError `invalid-option`
 */
export function optionsOf({
  precision,
  blockSize,
  int8Prefill,
}: {
  precision: Precision;
  blockSize?: BlockSize | undefined;
  int8Prefill?: boolean | undefined;
}): ExportOptions {
  const parsed = exportOptionsSchema.safeParse({
    precision,
    blockSize: blockSize ?? DEFAULT_BLOCK_SIZES[precision],
    ...(int8Prefill === true ? { int8Prefill } : {}),
  });
  if (parsed.success) return parsed.data;
  throw new ExporterError(
    'invalid-option',
    `precision must be fp32, fp16, q8 or q4 and blockSize 32, 64, 128 or 256; not ${precision} and ${blockSize}`,
  );
}
