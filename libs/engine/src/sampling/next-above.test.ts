import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextAbove } from './next-above.js';

it('finds what looking at one value after the other finds', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, -Infinity, Infinity));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.nat(45), value, (numbers, from, threshold) => {
      const found = numbers.findIndex((number, at) => at >= from && number > threshold);
      const expected = found < 0 ? Math.max(from, numbers.length) : found;
      expect(nextAbove(Float32Array.from(numbers), from, threshold)).toBe(expected);
    }),
  );
});
