import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sampleFrameIndices } from './sample-indices.js';

const row = z.object({
  total: z.number(),
  source_fps: z.number(),
  fps: z.number(),
  n: z.number(),
  indices: z.array(z.number()).nullable(),
  sha_indices: z.string(),
});
const table = z
  .array(row)
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/sampling.json', import.meta.url), 'utf8')));

describe('sampleFrameIndices', () => {
  it.each(table)(
    'takes what the reference takes of $total frames at $source_fps, $fps a second',
    (expected) => {
      const indices = sampleFrameIndices(expected.total, expected.source_fps, {
        fps: expected.fps,
        maxFrames: 768,
      });
      expect(indices).toHaveLength(expected.n);
      if (expected.indices !== null) expect(indices).toEqual(expected.indices);
      expect(sha(indices)).toBe(expected.sha_indices);
    },
  );

  it('spreads a given number of frames whatever the rate', () => {
    expect(sampleFrameIndices(16, 24, { numFrames: 6, maxFrames: 768 })).toEqual([0, 3, 6, 9, 12, 15]);
    expect(sampleFrameIndices(9, 24, { numFrames: 1, maxFrames: 768 })).toEqual([0]);
  });

  it('never takes more than allowed or than there are, in ascending order without repeats', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50_000 }),
        fc.double({ min: 0.5, max: 240, noNaN: true }),
        fc.integer({ min: 1, max: 768 }),
        (total, fps, maxFrames) => {
          const indices = sampleFrameIndices(total, fps, { maxFrames });
          expect(indices.length).toBeLessThanOrEqual(Math.min(total, maxFrames));
          expect(indices.every((value, i) => value < total && value > (indices[i - 1] ?? -1))).toBe(true);
        },
      ),
    );
  });
});

function sha(indices: readonly number[]): string {
  return createHash('sha256')
    .update(new Uint8Array(Int32Array.from(indices).buffer))
    .digest('hex');
}
