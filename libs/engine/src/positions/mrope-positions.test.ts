import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldenJson } from '../testing/golden-files.js';
import { mropePositions, type VisualRun } from './mrope-positions.js';

const grids = z.array(z.tuple([z.int(), z.int(), z.int()])).nullable();
const cases = goldenJson(
  'rope/cases.json',
  z.array(
    z.object({
      name: z.string(),
      input_ids: z.array(z.array(z.int())),
      attention_mask: z.array(z.array(z.int())),
      image_grid_thw: grids,
      video_grid_thw: grids,
      position_ids: z.array(z.array(z.array(z.int()))),
      rope_deltas_unpadded: z.array(z.int()),
      next_position: z.array(z.int()),
    }),
  ),
);
const imagePad = 151655;
const videoPad = 151656;

/** The runs that the pads of a sequence stand for; takes the grids it uses off the queues. */
function runsOf(ids: number[], images: number[][], videoFrames: number[][]): VisualRun[] {
  const runs: VisualRun[] = [];
  for (let start = 0; start < ids.length; start++) {
    const queue = ids[start] === imagePad ? images : ids[start] === videoPad ? videoFrames : undefined;
    if (!queue) continue;
    const [, height, width] = queue.shift() ?? [];
    const run = { start, rows: height! / 2, columns: width! / 2 };
    runs.push(run);
    start += run.rows * run.columns - 1;
  }
  return runs;
}

describe('mRoPE positions equal the reference', () => {
  it.each(cases)('$name', (golden) => {
    const images = [...(golden.image_grid_thw ?? [])];
    const frames = (golden.video_grid_thw ?? []).flatMap(([t, h, w]) =>
      Array.from({ length: t }, () => [1, h, w]),
    );
    golden.input_ids.forEach((padded, batch) => {
      const attended = (_: unknown, token: number): boolean => golden.attention_mask[batch]![token] === 1;
      const ids = padded.filter(attended);
      const { positions, ropeDelta } = mropePositions(ids.length, runsOf(ids, images, frames));
      const expected = golden.position_ids.flatMap((axis) => axis[batch]!.filter(attended));
      expect([...positions]).toEqual(expected);
      expect(ropeDelta).toBe(golden.rope_deltas_unpadded[batch]);
      expect(ids.length + ropeDelta).toBe(golden.next_position[batch]);
    });
  });
});
