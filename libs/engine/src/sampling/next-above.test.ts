import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextAbove } from './next-above.js';

it('finds what looking at one value after the other finds, wherever it lies', () => {
  const sparse = fc.array(
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(0, -Infinity, NaN) },
      { weight: 1, arbitrary: fc.constantFrom(1, 2, Infinity) },
    ),
    { maxLength: 60, size: 'max' },
  );
  fc.assert(
    fc.property(sparse, fc.nat(20), fc.constantFrom(-Infinity, 0, 1), (numbers, from, threshold) => {
      const found = numbers.findIndex((number, at) => at >= from && number > threshold);
      const expected = found < 0 ? Math.max(from, numbers.length) : found;
      expect(nextAbove(Float32Array.from(numbers), from, threshold)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});
