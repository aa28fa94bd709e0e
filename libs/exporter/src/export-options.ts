import { z } from 'zod';

/** How weights of linear layers and the embedding are stored. */
export const precisionSchema = z.enum(['fp32', 'fp16', 'q8', 'q4']);

/** Weights in a quantisation block, which share one scale. */
export const blockSizeSchema = z.literal([32, 64, 128]);

export const exportOptionsSchema = z.object({ precision: precisionSchema, blockSize: blockSizeSchema });

/** `fp32`, `fp16` (stored so, computed in f32), `q8` or `q4`. */
export type Precision = z.infer<typeof precisionSchema>;

/** 32, 64 or 128. */
export type BlockSize = z.infer<typeof blockSizeSchema>;

/** What decides the contents of the exported files, besides the checkpoint. */
export type ExportOptions = z.infer<typeof exportOptionsSchema>;
