import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { ImagePart, VideoPart } from '@qwenvl/engine';
import sharp from 'sharp';
import { z } from 'zod';

const folder = new URL('../../../libs/engine/fixtures/golden/', import.meta.url);

const grid = z.array(z.int()).length(3);
const ids = z.array(z.int());

const schemas = {
  prompts: z.array(
    z.object({
      name: z.string(),
      content: z.union([z.string(), z.array(z.object({ text: z.string().optional() }))]),
      images: z.array(z.string()),
      frames_file: z.string().nullable(),
      input_ids: ids,
      position_ids: z.array(ids).length(3),
      rope_delta: z.int(),
    }),
  ),
  images: z.object({
    cases: z.array(
      z.object({
        file: z.string(),
        image_grid_thw: grid,
        pil: z.object({ sha256_patches_u8: z.string() }),
        torchvision: z.object({ sha256_patches_u8: z.string() }),
      }),
    ),
  }),
  videos: z.object({
    cases: z.array(
      z.object({
        frames_file: z.string(),
        frames_indices: ids.default([]),
        source_fps: z.number(),
        video_grid_thw: z.array(grid).default([]),
        sha256_patches_u8: z.string().default(''),
      }),
    ),
  }),
};

/** The text of a golden file of the engine; `.gz` is unpacked. */
export async function goldenText(path: string): Promise<string> {
  const bytes = await readFile(new URL(path, folder));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** The reference's prompts, images and videos. */
export async function readGolden() {
  const json = async (path: string): Promise<unknown> => JSON.parse(await goldenText(path));
  return {
    prompts: schemas.prompts.parse(await json('prompts/cases.json')),
    images: schemas.images.parse(await json('images/expected.json')).cases,
    videos: schemas.videos.parse(await json('video/expected.json')).cases,
  };
}

export async function imagePart(file: string): Promise<ImagePart> {
  const { data, info } = await sharp(fileURLToPath(new URL(`images/${file}`, folder)))
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { type: 'image', image: { width: info.width, height: info.height, data } };
}

const framesHeader = z.object({
  frames: z.object({ shape: z.array(z.int()), data_offsets: z.array(z.int()) }),
});

/** The sampled frames of a golden clip (safetensors, u8 `[frames, height, width, 3]`). */
export async function videoPart(file: string, frameIndices: number[], fps: number): Promise<VideoPart> {
  const bytes = await readFile(new URL(file, folder));
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0));
  const { frames } = framesHeader.parse(JSON.parse(bytes.toString('utf8', 8, headerEnd)));
  const [, height = 0, width = 0] = frames.shape;
  const start = headerEnd + (frames.data_offsets[0] ?? 0);
  const length = width * height * 3;
  const frame = (index: number) => ({
    width,
    height,
    data: bytes.subarray(start + index * length, start + (index + 1) * length),
  });
  return { type: 'video', video: { frames: frameIndices.map(frame), frameIndices, fps } };
}
