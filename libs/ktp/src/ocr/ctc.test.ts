import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeBeam, decodeGreedy, type Posteriors } from './ctc.js';

const CHARACTERS = ['A', 'B', '1'];

/** Posteriors from rows `[blank, A, B, 1]`. */
function posteriors(rows: readonly (readonly number[])[]): Posteriors {
  return { steps: rows.length, characters: CHARACTERS, values: Float32Array.from(rows.flat()) };
}

const row = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });

describe('decodeGreedy', () => {
  it('merges repeats, drops blanks and keeps a letter doubled across a blank', () => {
    const rows = [
      [0, 1, 0, 0],
      [0, 0.9, 0, 0],
      [1, 0, 0, 0],
      [0, 0.8, 0, 0],
      [0, 0, 0.7, 0],
    ];
    const glyphs = decodeGreedy(posteriors(rows));
    expect(glyphs.map(({ character }) => character).join('')).toBe('AAB');
    expect(glyphs.map(({ confidence }) => Number(confidence.toFixed(2)))).toEqual([1, 0.8, 0.7]);
    expect(glyphs.map(({ position }) => position)).toEqual([0.2, 0.7, 0.9]);
  });

  it('reads nothing from blanks', () => {
    expect(decodeGreedy(posteriors([[1, 0, 0, 0]]))).toEqual([]);
    expect(decodeGreedy(posteriors([]))).toEqual([]);
  });

  it('gives positions in order, whatever the network says', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        const glyphs = decodeGreedy(posteriors(rows));
        const positions = glyphs.map(({ position }) => position);
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
      }),
    );
  });
});

describe('decodeBeam', () => {
  it('adds up the paths that spell the same text', () => {
    // Best path: blank, blank (0.36). But A alone, over three paths, has 0.64.
    const rows = [
      [0.6, 0.4, 0, 0],
      [0.6, 0.4, 0, 0],
    ];
    const [first] = decodeBeam(posteriors(rows));
    expect(first?.text).toBe('A');
    expect(Math.exp(first?.logProbability ?? 0)).toBeCloseTo(0.64, 5);
  });

  it('never gives a probability above one for rows that sum to one', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
        const normal = rows.map((values) => {
          const sum = values.reduce((total, value) => total + value, 0) || 1;
          return values.map((value) => value / sum);
        });
        const hypotheses = decodeBeam(posteriors(normal));
        const total = hypotheses.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0);
        expect(total).toBeLessThan(1.001);
      }),
    );
  });
});
