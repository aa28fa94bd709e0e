import { describe, expect, it } from 'vitest';

import { decideNik, lookThroughShapes } from './read-nik.js';

const NIK = '3201011708859001';
const OTHER = '3203011708859001';

/** Log probabilities that give each digit of a text `share`, and the rest to the others. */
function shapes(text: string, share: number): Float32Array[] {
  return Array.from(text).map((digit) =>
    Float32Array.from({ length: 10 }, (_, i) => Math.log(i === Number(digit) ? share : (1 - share) / 9)),
  );
}

const look = (...entries: readonly [string, number][]) =>
  entries.map(([text, probability]) => ({ text, logProbability: Math.log(probability) }));

describe('decideNik', () => {
  it('takes the only look as it is', () => {
    expect(decideNik([look([NIK, 0.9], [OTHER, 0.1])])).toEqual({
      text: NIK,
      confidence: expect.closeTo(0.9, 5) as number,
      looks: [NIK],
    });
  });

  it('lets a sure second look settle a doubtful first one, and reports both', () => {
    const reading = decideNik([look([OTHER, 0.5], [NIK, 0.4])], shapes(NIK, 0.97));
    expect(reading.text).toBe(NIK);
    expect(reading.confidence).toBeGreaterThan(0.95);
    expect(reading.looks).toEqual([OTHER, NIK]);
  });

  it('stays doubtful where the looks contradict each other', () => {
    const reading = decideNik([look([OTHER, 0.6], [NIK, 0.39]), look([NIK, 0.6], [OTHER, 0.39])]);
    expect(reading.confidence).toBeLessThan(0.6);
  });

  it('does not let shapes that were compared at the wrong places turn a clear reading', () => {
    const clear = look([NIK, 0.9], [`1${NIK}`, 0.05]);
    const reading = decideNik([clear, clear, clear], shapes('9696000006960020', 0.999));
    expect(reading.text).toBe(NIK);
    expect(reading.looks).toContain('9696000006960020');
  });

  it('reads nothing from nothing', () => {
    expect(decideNik([[]])).toEqual({ text: '', confidence: 0, looks: [''] });
  });
});

describe('lookThroughShapes', () => {
  it('takes the likeliest shape at each place', () => {
    expect(lookThroughShapes(shapes(NIK, 0.5)).text).toBe(NIK);
  });
});
