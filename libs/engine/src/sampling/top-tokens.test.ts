import fc from 'fast-check';
import { expect, it } from 'vitest';
import { maximaBlock, topTokens } from './top-tokens.js';

it('equals sorting, for any values', () => {
  const value = fc.oneof(
    fc.float({ noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(NaN, -Infinity),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 300, size: 'max' }), fc.nat(70), (numbers, count) => {
      const values = Float32Array.from(numbers);
      const expected = [...values.keys()]
        .filter((id) => values[id]! > -Infinity)
        .sort((a, b) => (values[a] === values[b] ? a - b : values[b]! > values[a]! ? 1 : -1))
        .slice(0, count);
      expect([...topTokens(values, count)]).toEqual(expected);
      expect([...topTokens(values, count, blockMaxima)]).toEqual(expected);
    }),
  );
});

function blockMaxima(values: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.floor(values.length / maximaBlock) }, (_, block) => {
    const of = values.subarray(block * maximaBlock, (block + 1) * maximaBlock);
    return of.reduce((most, value) => (value > most ? value : most), -Infinity);
  });
}
