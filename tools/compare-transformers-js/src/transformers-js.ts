import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import {
  AutoProcessor,
  env,
  Qwen3VLForConditionalGeneration,
  RawImage,
  Tensor,
  type Processor,
} from '@huggingface/transformers';
import type { ImagePart } from '@qwenvl/engine';
import { z } from 'zod';
import { attempt, type Attempt } from './cell.js';
import type { Library } from './library.js';
import type { ReferenceCase } from './reference.js';

/** Transformers.js, through its own processor and model classes. `files` are those of the checkpoint, by name. */
export async function transformersJs(files: ReadonlyMap<string, string>): Promise<Library> {
  const config: unknown = JSON.parse(files.get('config.json') ?? '{}');
  const processor = await loadProcessor(files);
  return {
    name: 'Transformers.js 4.3.1',
    async run(input) {
      const pictures = await attempt(async () => imageSchema.parse(await imageProcessor(processor)(input)));
      const withVideo = <T>(pick: (value: z.infer<typeof imageSchema>) => T, none: T): Attempt<T> => {
        if (input.videos.length > 0) return { error: 'no video path' };
        if (input.images.length === 0) return { value: none };
        return 'value' in pictures ? { value: pick(pictures.value) } : pictures;
      };
      const { prompt } = input;
      return {
        grids: withVideo(({ image_grid_thw }) => rows(values(image_grid_thw), 3), []),
        pixels: withVideo(({ pixel_values }) => [Float32Array.from(values(pixel_values))], []),
        ids: await attempt(() => promptIds(processor, input)),
        positions: prompt && (await attempt(() => positions(config, input, prompt.ids))),
      };
    },
  };
}

async function loadProcessor(files: ReadonlyMap<string, string>): Promise<Processor> {
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-compare-'));
  try {
    for (const [name, text] of files) await writeFile(join(folder, name), text);
    env.allowRemoteModels = false;
    env.localModelPath = dirname(folder);
    return await AutoProcessor.from_pretrained(basename(folder), {});
  } finally {
    await rm(folder, { recursive: true });
  }
}

const tensor = z.instanceof(Tensor);
const imageSchema = z.object({ pixel_values: tensor, image_grid_thw: tensor });

const toImage = ({ image }: ImagePart): RawImage =>
  new RawImage(new Uint8ClampedArray(image.data), image.width, image.height, 3);

function imageProcessor(processor: Processor): (input: ReferenceCase) => Promise<unknown> {
  const { image_processor } = processor;
  if (!image_processor) throw new Error('Transformers.js made no image processor of the checkpoint.');
  return async ({ images }) => image_processor(images.map(toImage)) as Promise<unknown>;
}

async function promptIds(processor: Processor, { images, videos, text }: ReferenceCase): Promise<number[]> {
  const media = [...images.map(() => ({ type: 'image' })), ...videos.map(() => ({ type: 'video' }))];
  const messages = [{ role: 'user', content: [...media, text] }];
  const rendered = z
    .string()
    .parse(processor.apply_chat_template(messages, { add_generation_prompt: true, tokenize: false }));
  const call: (text: string, images: RawImage[] | null) => Promise<unknown> = processor;
  const output = await call(rendered, images.length > 0 ? images.map(toImage) : null);
  return values(z.object({ input_ids: tensor }).parse(output).input_ids);
}

interface RopeModel {
  get_rope_index(ids: Tensor, images?: Tensor, videos?: Tensor, mask?: Tensor): [Tensor, Tensor];
}

/** The model class computes positions from its configuration alone; it is given no weights. */
function positions(
  config: unknown,
  { imageGrids, videoGrids }: ReferenceCase,
  ids: readonly number[],
): { positions: number[]; ropeDelta: number } {
  const prototype: object = Qwen3VLForConditionalGeneration.prototype;
  const model = Object.assign(Object.create(prototype) as RopeModel, { config });
  const grids = (list: readonly number[][]): Tensor | undefined =>
    list.length > 0 ? int64(list.flat(), [list.length, 3]) : undefined;
  const [positionIds, deltas] = model.get_rope_index(
    int64(ids, [1, ids.length]),
    grids(imageGrids),
    grids(videoGrids),
    int64(
      ids.map(() => 1),
      [1, ids.length],
    ),
  );
  return {
    positions: values(positionIds),
    ropeDelta: values(deltas)[0] ?? NaN,
  };
}

function int64(numbers: readonly number[], dims: number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(numbers, BigInt), dims);
}

const dataSchema = z.union([z.instanceof(BigInt64Array), z.instanceof(Float32Array)]);

/** The values of a tensor. */
function values(source: Tensor): number[] {
  const data: unknown = source.data;
  return Array.from<number | bigint, number>(dataSchema.parse(data), Number);
}

function rows(flat: readonly number[], width: number): number[][] {
  return Array.from({ length: flat.length / width }, (_, row) => flat.slice(row * width, (row + 1) * width));
}
