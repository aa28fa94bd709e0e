import { expect, it } from 'vitest';
import { sliceFrames } from './ask.js';

it('cuts a strip into its frames, top first', () => {
  const strip = { width: 1, height: 4, data: Uint8Array.from({ length: 12 }, (_, index) => index) };
  const frames = sliceFrames(strip, 2);
  expect(frames.map(({ width, height }) => [width, height])).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect([...(frames[1]?.data ?? [])]).toEqual([6, 7, 8, 9, 10, 11]);
});
