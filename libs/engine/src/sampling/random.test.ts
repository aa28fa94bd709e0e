import { expect, it } from 'vitest';
import { uniform } from './random.js';

it('depends on seed and position alone', () => {
  expect(uniform(42, 7)).toBe(uniform(42, 7));
  expect(uniform(42, 7)).not.toBe(uniform(42, 8));
  expect(uniform(42, 7)).not.toBe(uniform(43, 7));
});

it('is uniform over positions and over seeds', () => {
  for (const draw of [(i: number) => uniform(5, i), (i: number) => uniform(i, 5)]) {
    const buckets = new Uint32Array(16);
    const count = 16_000;
    for (let i = 0; i < count; i++) {
      const value = draw(i);
      buckets[Math.floor(value * 16)]! += 1; // NaN, had it been outside [0, 1)
    }
    const chiSquare = buckets.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(40); // 15 degrees of freedom: p < 0.0005
  }
});

it('takes the largest seed', () => {
  expect(uniform(Number.MAX_SAFE_INTEGER, 0)).toBeGreaterThanOrEqual(0);
});
