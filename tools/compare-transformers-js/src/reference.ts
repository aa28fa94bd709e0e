import type { ImagePart, TextPart, VideoPart } from '@qwenvl/engine';
import { imagePart, readGolden, videoPart } from './golden.js';

/** One input with what the reference makes of it. */
export interface ReferenceCase {
  readonly title: string;
  readonly images: readonly ImagePart[];
  readonly videos: readonly VideoPart[];
  readonly text: TextPart;
  readonly imageGrids: readonly number[][];
  readonly videoGrids: readonly number[][];
  /** For each image and video, SHA-256 of its patch rows as bytes, by each of the reference's resizers. */
  readonly patchHashes: readonly (readonly string[])[];
  /** The whole prompt, where the golden data has one. */
  readonly prompt?: { readonly ids: number[]; readonly positions: number[]; readonly ropeDelta: number };
}

const inputs: readonly { readonly title: string; readonly prompt?: string; readonly images?: string[] }[] = [
  { title: 'text', prompt: 'text' },
  { title: 'one image, 256 x 256 (size stays)', prompt: 'one_image' },
  { title: 'one image, 640 x 360', images: ['landscape.png'] },
  { title: 'one image, 1280 x 720', images: ['hd720.png'] },
  { title: 'one image, 560 x 400', images: ['half_rounding_560x400.png'] },
  { title: 'one image, 120 x 80', images: ['gray.png'] },
  { title: 'two images of one grid', images: ['exact_256.png', 'palette.png'] },
  { title: 'two images of different grids', prompt: 'two_images' },
  { title: 'video', prompt: 'video' },
  { title: 'image and video', prompt: 'image_video' },
];

/** The inputs of the comparison, from the engine's golden fixtures. */
export async function readReference(): Promise<ReferenceCase[]> {
  const golden = await readGolden();
  return Promise.all(
    inputs.map(async ({ title, prompt: name, images: files }): Promise<ReferenceCase> => {
      const prompt = golden.prompts.find((candidate) => candidate.name === name);
      const images = (files ?? prompt?.images ?? []).map((file) =>
        required(golden.images.find((image) => image.file === file)),
      );
      const videos = golden.videos.filter(
        ({ frames_file }) => prompt && `video/${frames_file}` === prompt.frames_file,
      );
      const { content = 'Describe this.' } = prompt ?? {};
      const text = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
      return {
        title,
        text: { type: 'text', text },
        images: await Promise.all(images.map(({ file }) => imagePart(file))),
        videos: await Promise.all(
          videos.map((video) =>
            videoPart(`video/${video.frames_file}`, video.frames_indices, video.source_fps),
          ),
        ),
        imageGrids: images.map(({ image_grid_thw }) => image_grid_thw),
        videoGrids: videos.flatMap(({ video_grid_thw }) => video_grid_thw),
        patchHashes: [
          ...images.map(({ pil, torchvision }) => [pil.sha256_patches_u8, torchvision.sha256_patches_u8]),
          ...videos.map(({ sha256_patches_u8 }) => [sha256_patches_u8]),
        ],
        ...(prompt && {
          prompt: {
            ids: prompt.input_ids,
            positions: prompt.position_ids.flat(),
            ropeDelta: prompt.rope_delta,
          },
        }),
      };
    }),
  );
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The golden data lacks an image of the comparison.');
  return value;
}
