import { describe, expect, it } from 'vitest';
import { quantiseRotated, TOP_LEVEL } from './quantise-rotated.js';
import { rotate } from './rotate.js';

const columns = 256;
const weights = Float32Array.from(
  { length: 5 * columns },
  (_, index) => Math.sin(index * index) * (1 + index),
);

describe('quantiseRotated', () => {
  it('holds the rotated rows as columns, each within half a step', () => {
    const out = { values: new Int8Array(weights.length), scales: new Float32Array(5) };
    quantiseRotated(weights.slice(0, 2 * columns), { columns, group: 128, first: 0 }, out);
    quantiseRotated(weights.slice(2 * columns), { columns, group: 128, first: 2 }, out);
    const rotated = weights.slice();
    rotate(rotated, 128);
    for (let row = 0; row < 5; row++) {
      const step = out.scales[row] ?? NaN;
      for (let column = 0; column < columns; column++) {
        const level = out.values[column * 5 + row] ?? NaN;
        expect(Math.abs(level)).toBeLessThanOrEqual(TOP_LEVEL);
        const error = Math.abs(level * step - (rotated[row * columns + column] ?? NaN));
        expect(error).toBeLessThan(step * 0.5001);
      }
    }
  });

  it('adds two products with the largest activation within 16 bits', () => {
    expect(2 * 255 * TOP_LEVEL).toBeLessThan(2 ** 15);
  });

  it('takes a row of zeros', () => {
    const out = { values: new Int8Array(columns).fill(1), scales: new Float32Array(1) };
    quantiseRotated(new Float32Array(columns), { columns, group: 128, first: 0 }, out);
    expect(out).toEqual({ values: new Int8Array(columns), scales: new Float32Array(1) });
  });
});
