import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldenJson, goldenUrl, goldenTensors, maxDifference } from '../testing/golden-files.js';
import { readImage } from '../testing/golden-images.js';
import type { RgbImage } from '../types.js';
import { normalisationTables, patchLength, writePatchRows } from './patch-rows.js';
import { resizeBicubic } from './resize-bicubic.js';
import { smartResizeImage, smartResizeVideo } from './smart-resize.js';

const sizePair = z.tuple([z.int(), z.int()]).nullable();
const golden = goldenJson(
  'images/expected.json',
  z.object({
    cases: z.array(
      z.object({
        name: z.string(),
        file: z.string(),
        size: z.object({ shortest_edge: z.int(), longest_edge: z.int() }),
        image_grid_thw: z.tuple([z.literal(1), z.int(), z.int()]),
        num_image_tokens: z.int(),
        pil: z.object({ sha256_patches_u8: z.string(), sha256_rgb_u8: z.string() }),
      }),
    ),
    errors: z.array(z.object({ width: z.int(), height: z.int() })),
    smart_resize: z.array(z.tuple([z.int(), z.int(), z.int(), z.int(), sizePair])),
  }),
);
const videoTable = goldenJson(
  'video/expected.json',
  z.object({ smart_resize: z.array(z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), sizePair])) }),
).smart_resize;

const layout = { patchSize: 16, temporalPatchSize: 2, mergeSize: 2 };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Patch rows as the bytes they came from: a table that leaves bytes as they are. */
function patchBytes(image: RgbImage): Uint8Array {
  const identity = Float32Array.from({ length: 256 }, (_, byte) => byte);
  const patches = (image.width / 16) * (image.height / 16);
  const rows = new Float32Array(patches * patchLength(layout));
  writePatchRows([image, image], layout, [identity, identity, identity], rows);
  return Uint8Array.from(rows);
}

const isHuge = ({ file }: { file: string }): boolean => file.startsWith('huge_');

/** The largest pictures are not part of the repository; they are tested where the golden data lies beside it. */
const shared = new URL('../../../../../shared/golden/images/', import.meta.url);

describe('image pixels equal the reference bit by bit', () => {
  it.each(golden.cases.filter((expected) => !isHuge(expected)))('$name', async (expected) => {
    await expectExact(expected, goldenUrl(`images/${expected.file}`));
  });

  describe.runIf(existsSync(shared))('the largest', () => {
    it.each(golden.cases.filter(isHuge))('$name', async (expected) => {
      await expectExact(expected, new URL(expected.file, shared));
    });
  });

  async function expectExact(expected: (typeof golden.cases)[number], file: URL): Promise<void> {
    const image = await readImage(file);
    const bounds = {
      factor: 32,
      minPixels: expected.size.shortest_edge,
      maxPixels: expected.size.longest_edge,
    };
    const size = smartResizeImage(image, bounds);
    const grid = [1, size.height / 16, size.width / 16] as const;
    expect(grid).toEqual(expected.image_grid_thw);
    expect((grid[1] * grid[2]) / 4).toBe(expected.num_image_tokens);
    const resized = resizeBicubic(image, size);
    expect(sha256(resized.data)).toBe(expected.pil.sha256_rgb_u8);
    expect(sha256(patchBytes(resized))).toBe(expected.pil.sha256_patches_u8);
  }
});

it('normalises patch rows as the reference', async () => {
  const image = await readImage(goldenUrl('images/exact_320x224.png')); // its size stays, so both of the reference's resizers agree
  const tables = normalisationTables([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);
  const rows = new Float32Array(280 * 1536);
  writePatchRows([image, image], layout, tables, rows);
  const tensor = goldenTensors('images/exact_320x224.safetensors');
  const sampled = tensor('rows')
    .numbers()
    .flatMap((row) => [...rows.subarray(row * 1536, (row + 1) * 1536)]);
  expect(maxDifference(sampled, tensor('pixel_values_rows').numbers())).toBeLessThan(1e-6);
});

describe('smart resize equals the reference', () => {
  it.each(golden.smart_resize)('image of %i x %i within %i to %i pixels', (height, width, min, max, pair) => {
    const size = smartResizeImage({ height, width }, { factor: 32, minPixels: min, maxPixels: max });
    expect([size.height, size.width]).toEqual(pair);
  });

  it.each(videoTable)(
    '%i frames of %i x %i within %i to %i pixels',
    (frames, height, width, min, max, pair) => {
      const bounds = { factor: 32, minPixels: min, maxPixels: max };
      const size = smartResizeVideo(frames, { height, width }, 2, bounds);
      expect([size.height, size.width]).toEqual(pair);
    },
  );

  it.each([...golden.errors, { width: 0, height: 5 }])('refuses $width x $height', (size) => {
    const bounds = { factor: 32, minPixels: 65536, maxPixels: 16777216 };
    expect(() => smartResizeImage(size, bounds)).toThrow(expect.objectContaining({ code: 'invalid-image' }));
    expect(() => smartResizeVideo(4, size, 2, bounds)).toThrow(
      expect.objectContaining({ code: 'invalid-video' }),
    );
  });
});
