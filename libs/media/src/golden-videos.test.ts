import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MediaLoader } from './media-loader.js';

const fixtures = new URL('../fixtures/videos/', import.meta.url);
const cases = z
  .array(
    z.object({
      file: z.string(),
      fps: z.number(),
      totalFrames: z.number(),
      options: z.object({
        num_frames: z.number().optional(),
        fps: z.number().nullish(),
        do_sample_frames: z.boolean().optional(),
      }),
      frameIndices: z.array(z.number()),
      timestamps: z.array(z.number()).nullable(),
      sha256: z.array(z.string()),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('expected.json', fixtures), 'utf8')));

for (const videoBackend of ['wasm', 'native'] as const) {
  describe(`a reference clip decoded by ${videoBackend} ffmpeg`, () => {
    const loader = new MediaLoader({ videoBackend });
    afterAll(() => loader.close());

    it.each(cases)('$file gives the frames, indices and times of the reference', async (expected) => {
      const bytes = readFileSync(new URL(expected.file, fixtures));
      const { num_frames: numFrames, fps, do_sample_frames: sample } = expected.options;
      const all = sample === false ? expected.totalFrames : undefined;
      const video = await loader.loadVideo(
        { type: 'bytes', bytes },
        { numFrames: numFrames ?? all, fps: fps ?? undefined },
      );
      expect(video.decodedBy).toBe(videoBackend);
      expect(video.totalFrames).toBe(expected.totalFrames);
      expect(video.fps).toBeCloseTo(expected.fps, 2);
      expect(video.frameIndices).toEqual(expected.frameIndices);
      expect(video.frames.map(({ data }) => createHash('sha256').update(data).digest('hex'))).toEqual(
        expected.sha256,
      );
      // A constant rate: both clocks agree (Matroska rounds to milliseconds).
      video.timestamps.forEach((seconds, i) => {
        expect(seconds).toBeCloseTo(video.frameIndices[i]! / expected.fps, 2);
      });
      if (expected.timestamps !== null) {
        pairTimes(video.frameIndices, video.fps).forEach((seconds, i) => {
          expect(seconds).toBeCloseTo(expected.timestamps![i]!, 4);
        });
      }
    });
  });
}

/** The reference's time of each pair of frames: the mean of both, the last frame repeated in an odd count. */
function pairTimes(indices: readonly number[], fps: number): number[] {
  const even = indices.length % 2 === 0 ? indices : [...indices, indices.at(-1)!];
  return Array.from({ length: even.length / 2 }, (_, k) => (even[2 * k]! + even[2 * k + 1]!) / 2 / fps);
}
