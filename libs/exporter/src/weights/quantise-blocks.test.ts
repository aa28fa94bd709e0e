import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseScale } from './choose-scale.js';
import { quantiseBlocks, type BlockFormat } from './quantise-blocks.js';

function quantise(rows: Float32Array, format: BlockFormat): { values: Uint8Array; scales: Float32Array } {
  const blocks = (rows.length / format.columns) * Math.ceil(format.columns / format.blockSize);
  const out = {
    values: new Uint8Array((blocks * format.blockSize * format.bits) / 8),
    scales: new Float32Array(blocks),
  };
  quantiseBlocks(rows, format, out);
  return out;
}

/** The reverse, as MatMulNBits defines it; padding is left out. */
function dequantise(
  { values, scales }: { values: Uint8Array; scales: Float32Array },
  { bits, blockSize, columns }: BlockFormat,
): number[] {
  const blocks = Math.ceil(columns / blockSize);
  return [...scales].flatMap((scale, index) => {
    const inBlock = Math.min(blockSize, columns - (index % blocks) * blockSize);
    return Array.from({ length: inBlock }, (_, element) => {
      const position = index * blockSize + element;
      const byte = values[(position * bits) >> 3]!;
      const level = bits === 8 ? byte : position % 2 === 0 ? byte & 15 : byte >> 4;
      return (level - 2 ** (bits - 1)) * scale;
    });
  });
}

const weights = (length: number): fc.Arbitrary<Float32Array> =>
  fc.float32Array({ minLength: length, maxLength: length, noNaN: true, min: -100, max: 100 });

describe('quantiseBlocks', () => {
  it.each([
    [8, 32, 80],
    [8, 64, 64],
    [4, 32, 48],
    [4, 128, 100],
  ] as const)(
    'stays within a scale of each value (%i bits, blocks of %i, rows of %i)',
    (bits, blockSize, columns) => {
      fc.assert(
        fc.property(weights(3 * columns), (rows) => {
          const format = { bits, blockSize, columns };
          const out = quantise(rows, format);
          const blocks = Math.ceil(columns / blockSize);
          const restored = dequantise(out, format);
          for (const [index, value] of restored.entries()) {
            const block = Math.floor(index / columns) * blocks + Math.floor((index % columns) / blockSize);
            const scale = Math.abs(out.scales[block]!);
            // Half a step, or what 4 bits may clip: 16 % of the largest value, and the missing +8.
            const allowed = bits === 8 ? scale * 1.01 : scale * 8 * (1 / 0.84 - 1) + scale * 1.01;
            if (Math.abs(value - rows[index]!) > allowed) return false;
          }
          return true;
        }),
      );
    },
  );

  it('packs two 4-bit values a byte, the first in the low half', () => {
    const { values, scales } = quantise(Float32Array.of(-8, 7, ...new Array<number>(30).fill(0)), {
      bits: 4,
      blockSize: 32,
      columns: 32,
    });
    expect(scales[0]).toBe(1);
    expect([...values]).toEqual([0xf0, ...new Array<number>(15).fill(0x88)]);
  });

  it('pads the last block of a row with zeros', () => {
    const { values } = quantise(Float32Array.of(-128, 127, 3), { bits: 8, blockSize: 32, columns: 3 });
    expect([...values]).toEqual([0, 255, 131, ...new Array<number>(29).fill(128)]);
  });

  it('stores a block of zeros exactly', () => {
    const { values, scales } = quantise(new Float32Array(32), { bits: 4, blockSize: 32, columns: 32 });
    expect(scales[0]).toBe(0);
    expect(new Set(values)).toEqual(new Set([0x88]));
  });

  it('keeps the value of largest magnitude, whatever its sign, at 8 bits', () => {
    for (const value of [5, -5]) {
      const rows = Float32Array.of(value, 1, -1, 0.2);
      const format = { bits: 8, blockSize: 32, columns: 4 } as const;
      expect(dequantise(quantise(rows, format), format)[0]).toBeCloseTo(value, 5);
    }
  });
});

describe('chooseScale', () => {
  it('never does worse than using the whole range', () => {
    fc.assert(
      fc.property(weights(64), (rows) => {
        const wholeRange = 16 * chooseScale(rows, 0, 64, 8);
        const chosen = chooseScale(rows, 0, 64, 4);
        return squaredError(rows, chosen) <= squaredError(rows, wholeRange) * 1.0001;
      }),
    );
  });
});

function squaredError(rows: Float32Array, scale: number): number {
  if (scale === 0) return rows.reduce((sum, value) => sum + value * value, 0);
  return rows.reduce((sum, value) => {
    const level = Math.max(-8, Math.min(7, Math.floor(value / scale + 0.5)));
    return sum + (value - level * scale) ** 2;
  }, 0);
}
