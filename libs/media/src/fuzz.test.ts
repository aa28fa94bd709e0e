import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaError } from './media-error.js';
import { MediaLoader } from './media-loader.js';
import { flipped, randomNumbers } from './testing/damage.js';
import { clip } from './testing/ffmpeg.js';

const IMAGES = 2000;
const CLIPS = 200;
/** Where formats keep their sizes, tables and offsets. */
const HEADER_BYTES = 400;
const DEADLINE_MS = 900_000;
const AT_ONCE = 4;

const folder = new URL('../fixtures/images/', import.meta.url);
const images = readdirSync(folder)
  .filter((name) => /\.(jpg|png|webp|avif|gif|bmp|tif)$/.test(name))
  .map((name) => readFileSync(new URL(name, folder)));
const loader = new MediaLoader({
  maxImagePixels: 1_000_000,
  imageTimeoutMs: 10_000,
  videoTimeoutMs: 30_000,
  videoBackend: 'wasm',
  videoJobs: 2,
});
afterAll(() => loader.close());

const unhandled: unknown[] = [];
const collect = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeAll(() => {
  process.on('unhandledRejection', collect).on('uncaughtException', collect);
});
afterAll(() => {
  process.off('unhandledRejection', collect).off('uncaughtException', collect);
});

describe('the loader survives', () => {
  it(
    `${IMAGES} images with damaged headers`,
    async () => {
      const outcomes = await tryAll(
        IMAGES,
        (seed) => {
          const random = randomNumbers(seed);
          const image = images[Math.floor(random() * images.length)]!;
          return flipped(image, seed, 1 + Math.floor(random() * 8), 0, Math.min(HEADER_BYTES, image.length));
        },
        (bytes) => loader.loadImage({ type: 'bytes', bytes }),
      );
      expect(outcomes.size).toBeGreaterThan(2);
      expect(unhandled).toEqual([]);
      const whole = readFileSync(new URL('jpeg-420.jpg', folder));
      await expect(loader.loadImage({ type: 'bytes', bytes: whole })).resolves.toMatchObject({
        width: 61,
        height: 43,
      });
    },
    DEADLINE_MS,
  );

  it(
    `${CLIPS} damaged clips`,
    async () => {
      const clips = [
        clip({ seconds: 1, size: '64x48' }),
        clip({ seconds: 1, size: '64x48', container: 'mkv' }),
        clip({
          seconds: 1,
          size: '64x48',
          container: 'webm',
          encode: ['-c:v', 'libvpx-vp9', '-b:v', '100k'],
        }),
        clip({ seconds: 1, size: '64x48', container: 'ts' }),
        clip({ seconds: 1, size: '64x48', container: 'avi', encode: ['-c:v', 'mpeg4'] }),
        clip({ seconds: 1, size: '64x48', container: 'gif', encode: [] }),
      ];
      const outcomes = await tryAll(
        CLIPS,
        (seed) => flipped(clips[seed % clips.length]!, seed, 1 + (seed % 24)),
        (bytes) => loader.loadVideo({ type: 'bytes', bytes }),
      );
      expect(outcomes.size).toBeGreaterThan(1);
      expect(unhandled).toEqual([]);
      await expect(loader.loadVideo({ type: 'bytes', bytes: clips[0]! })).resolves.toMatchObject({
        totalFrames: 10,
      });
    },
    DEADLINE_MS,
  );
});

/** Loads so many inputs, a few at once, and counts what came of them. Anything but pixels or a MediaError throws. */
async function tryAll(
  count: number,
  make: (seed: number) => Uint8Array,
  load: (bytes: Uint8Array) => Promise<unknown>,
): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  const seeds = Array.from({ length: count }, (_, seed) => seed).values();
  const work = async (): Promise<void> => {
    for (const seed of seeds) {
      const outcome = await load(make(seed)).then(() => 'pixels', codeOf);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

function codeOf(error: unknown): string {
  if (MediaError.isInstance(error)) return error.code;
  throw error;
}
