import { z } from 'zod';
import type { ContentPart, RgbImage } from '../types.js';
import { goldenJson, goldenTensors, goldenUrl } from './golden-files.js';
import { readImage } from './golden-images.js';

const ids = z.array(z.int());
const grids = z.array(z.tuple([z.int(), z.int(), z.int()]));

const promptSchema = z.object({
  name: z.string(),
  content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]),
  images: z.array(z.string()),
  frames_file: z.string().nullable(),
  image_grid_thw: grids,
  video_grid_thw: grids,
  input_ids: ids,
  position_ids: z.array(ids).length(3),
  rope_delta: z.int(),
});

/** A whole prompt of the reference, its media expanded. */
export type GoldenPrompt = z.infer<typeof promptSchema>;

export function goldenPrompts(): GoldenPrompt[] {
  return goldenJson('prompts/cases.json', z.array(promptSchema));
}

/** The frames that the reference sampled of its 16-frame clips at 24 frames a second. */
const sampled = [0, 5, 10, 15];

/** What the user of a golden prompt sent. */
export async function goldenContent(golden: GoldenPrompt): Promise<string | ContentPart[]> {
  if (typeof golden.content === 'string') return golden.content;
  const images = golden.images.values();
  const parts: ContentPart[] = [];
  for (const { type, text } of golden.content) {
    if (text !== undefined) {
      parts.push({ type: 'text', text });
    } else if (type === 'video') {
      const frames = goldenFrames(golden.frames_file ?? '', sampled);
      parts.push({ type, video: { frames, frameIndices: sampled, fps: 24 } });
    } else {
      const file = goldenUrl(`images/${images.next().value ?? ''}`);
      parts.push({ type: 'image', image: await readImage(file) });
    }
  }
  return parts;
}

/** Frames of a golden clip. */
export function goldenFrames(path: string, indices: readonly number[]): RgbImage[] {
  const { shape, bytes } = goldenTensors(path)('frames');
  const [, height = 0, width = 0] = shape;
  const length = width * height * 3;
  return indices.map((index) => ({
    width,
    height,
    data: bytes.subarray(index * length, (index + 1) * length),
  }));
}
