import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldenJson } from '../testing/golden-files.js';
import { formatSeconds, videoTimestamps } from './timestamp.js';

const { sampling } = goldenJson(
  'video/expected.json',
  z.object({
    sampling: z.array(
      z.object({
        total: z.int(),
        source_fps: z.number(),
        fps: z.number(),
        indices: z.array(z.int()).nullable(),
        timestamps_text: z.array(z.string()).nullish(),
      }),
    ),
  }),
);

it.each([
  [0.25, '0.2'],
  [0.75, '0.8'],
  [1.25, '1.2'],
  [2.5, '2.5'],
  [0.05, '0.1'], // the binary number is a little above
  [0.15, '0.1'], // and this one a little below
  [9.95, '9.9'],
  [3600.25, '3600.2'],
])('writes %f as Python does', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

describe('timestamps equal the reference', () => {
  it.each(sampling.filter(({ indices, timestamps_text }) => indices && timestamps_text))(
    '$total frames at $source_fps fps, sampled at $fps',
    ({ indices, source_fps, timestamps_text }) => {
      expect(videoTimestamps(indices!, source_fps, 2)).toEqual(timestamps_text);
    },
  );
});
