import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RgbImage } from '../imaging/rgb-image.js';
import { divide, DividedRecogniser } from './divided-recogniser.js';
import type { LineRecogniser } from './text-recogniser.js';

const line = (width: number): RgbImage => ({ width, height: 48, data: new Uint8Array(width * 48 * 3) });
/** Answers each line with its width. */
const measuring: LineRecogniser = {
  recognise: (lines) =>
    Promise.resolve(
      lines.map(({ width }) => ({ steps: width, characters: [], values: new Float32Array(0) })),
    ),
};

describe('DividedRecogniser', () => {
  it('answers in the order asked, however the lines are divided', async () => {
    const widths = [300, 20, 410, 96, 96, 250];
    const divided = new DividedRecogniser(measuring, [measuring, measuring]);
    const read = await divided.recognise(widths.map(line));
    expect(read.map(({ steps }) => steps)).toEqual(widths);
    expect(await divided.recognise([])).toEqual([]);
  });

  it('fails when one of its recognisers does', async () => {
    const broken: LineRecogniser = { recognise: () => Promise.reject(new Error('broken')) };
    const divided = new DividedRecogniser(measuring, [broken]);
    await expect(divided.recognise([line(10), line(10)])).rejects.toThrow('broken');
  });
});

describe('divide', () => {
  it('gives every line to one part, and no part more than one line too much', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 8, max: 1200 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (widths, parts) => {
          const shares = divide(
            widths.map((width) => ({ width })),
            parts,
          );
          expect(shares.flat().sort((a, b) => a - b)).toEqual(widths.map((_, index) => index));
          const sums = shares.map((share) => share.reduce((sum, index) => sum + (widths[index] ?? 0), 0));
          expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(Math.max(0, ...widths));
        },
      ),
    );
  });
});
