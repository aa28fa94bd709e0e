import fc from 'fast-check';
import { expect, it } from 'vitest';
import { topTokens } from './top-tokens.js';

it('equals sorting, for any values', () => {
  const value = fc.oneof(
    fc.float({ noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(NaN, -Infinity),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60, size: 'max' }), fc.nat(70), (numbers, count) => {
      const values = Float32Array.from(numbers);
      const expected = [...values.keys()]
        .filter((id) => values[id]! > -Infinity)
        .sort((a, b) => (values[a] === values[b] ? a - b : values[b]! > values[a]! ? 1 : -1))
        .slice(0, count);
      expect([...topTokens(values, count)]).toEqual(expected);
    }),
  );
});
