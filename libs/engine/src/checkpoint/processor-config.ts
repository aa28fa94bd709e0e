import { z } from 'zod';

const channels = z.array(z.number()).length(3);
const pixels = z.int().positive();

/**
 * `preprocessor_config.json` or `video_preprocessor_config.json`. The steps named here are those that this engine
 * does; a file that turns one of them off is refused.
 */
const processorSchema = z.object({
  size: z.object({ shortest_edge: pixels, longest_edge: pixels }).optional(),
  // Qwen2-VL's names for the same two bounds; they win where both are given, as in the reference.
  min_pixels: pixels.nullish(),
  max_pixels: pixels.nullish(),
  image_mean: channels.default([0.5, 0.5, 0.5]),
  image_std: channels.default([0.5, 0.5, 0.5]),
  do_resize: z.literal(true).nullish(),
  do_rescale: z.literal(true).nullish(),
  do_normalize: z.literal(true).nullish(),
});

/** How a checkpoint wants its pictures. */
export interface ProcessorConfig {
  /** Least and most pixels of an image, or of a whole clip. */
  readonly minPixels: number;
  readonly maxPixels: number;
  /** Of bytes scaled to `[0, 1]`, for red, green and blue. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const processorConfig = (fallback: {
  shortest_edge: number;
  longest_edge: number;
}): z.ZodType<ProcessorConfig> =>
  processorSchema
    .transform(({ size = fallback, min_pixels, max_pixels, image_mean, image_std }) => ({
      minPixels: min_pixels ?? size.shortest_edge,
      maxPixels: max_pixels ?? size.longest_edge,
      mean: image_mean,
      std: image_std,
    }))
    .refine(({ minPixels, maxPixels }) => minPixels <= maxPixels, 'the least pixels exceed the most');

/** `preprocessor_config.json`; bounds that it leaves out are those of the official checkpoints. */
export const imageProcessorSchema = processorConfig({ shortest_edge: 65_536, longest_edge: 16_777_216 });

/** `video_preprocessor_config.json`; bounds that it leaves out are those of the official checkpoints. */
export const videoProcessorSchema = processorConfig({ shortest_edge: 4_096, longest_edge: 25_165_824 });
