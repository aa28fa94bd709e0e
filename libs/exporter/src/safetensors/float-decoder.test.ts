import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloats, decodeHalf, encodeHalf } from './float-decoder.js';

describe('half precision', () => {
  it('comes back as the same bits for each of its finite values', () => {
    for (let half = 0; half < 65536; half++) {
      if (((half >> 10) & 0x1f) === 31) continue;
      const value = decodeHalf(half);
      if (encodeHalf(value) !== half) throw new Error(`${half} -> ${value} -> ${encodeHalf(value)}`);
    }
  });

  it('rounds to the nearest value, ties to even', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65504, max: 65504 }), (value) => {
        const half = encodeHalf(value);
        const error = Math.abs(decodeHalf(half) - value);
        for (const neighbour of [half - 1, half + 1]) {
          const exponent = (neighbour >> 10) & 0x1f;
          if ((neighbour & 0x7fff) === 0 || exponent === 31 || neighbour < 0) continue;
          const other = Math.abs(decodeHalf(neighbour) - value);
          if (other < error || (other === error && half % 2 === 1)) return false;
        }
        return true;
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [1e6, 65504],
    [-Infinity, -65504],
    [65519, 65504],
    [1e-9, 0],
    [2 ** -25, 0],
    [1.5 * 2 ** -25, 2 ** -24],
  ])('stores %f as %f', (value, stored) => {
    expect(decodeHalf(encodeHalf(value))).toBe(stored);
  });

  it('keeps NaN', () => {
    expect(decodeHalf(encodeHalf(NaN))).toBeNaN();
  });
});

describe('decodeFloats', () => {
  it.each([
    ['BF16', [0x3f80, 0xc000, 0x7f80], [1, -2, Infinity]],
    ['F16', [0x3c00, 0xc000, 0x0001], [1, -2, 2 ** -24]],
  ] as const)('reads %s', (dtype, words, expected) => {
    const out = new Float32Array(3);
    decodeFloats(dtype, new Uint8Array(Uint16Array.from(words).buffer), out);
    expect([...out]).toEqual(expected);
  });

  it('reads F32', () => {
    const out = new Float32Array(2);
    decodeFloats('F32', new Uint8Array(Float32Array.of(1.5, -0.1).buffer), out);
    expect(out).toEqual(Float32Array.of(1.5, -0.1));
  });
});
