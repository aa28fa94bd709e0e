import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseGrid, type BlockGrid } from './choose-grid.js';
import { quantiseBlocks, zeroBytes, type BlockFormat, type QuantisedRows } from './quantise-blocks.js';

function quantise(values: Float32Array, format: BlockFormat): QuantisedRows {
  const rows = values.length / format.columns;
  const blocks = Math.ceil(format.columns / format.blockSize);
  const out = {
    values: new Uint8Array((rows * blocks * format.blockSize * format.bits) / 8),
    scales: new Float32Array(rows * blocks),
    zeros: new Uint8Array(rows * zeroBytes(format.bits, blocks)),
  };
  quantiseBlocks(values, format, out);
  return out;
}

/** The reverse, as MatMulNBits defines it; padding is left out. */
function dequantise(
  { values, scales, zeros }: QuantisedRows,
  { bits, blockSize, columns }: BlockFormat,
): number[] {
  const blocks = Math.ceil(columns / blockSize);
  const half = (bytes: Uint8Array, index: number): number => (bytes[index >> 1]! >> (4 * (index % 2))) & 15;
  return [...scales].flatMap((scale, index) => {
    const row = Math.floor(index / blocks);
    const zero = bits === 8 ? 128 : half(zeros, 2 * row * zeroBytes(bits, blocks) + (index % blocks));
    const inBlock = Math.min(blockSize, columns - (index % blocks) * blockSize);
    return Array.from({ length: inBlock }, (_, element) => {
      const position = index * blockSize + element;
      const level = bits === 8 ? values[position]! : half(values, position);
      return (level - zero) * scale;
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
    [4, 32, 96],
    [4, 128, 100],
    [4, 256, 512],
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
            // Half a step, or what 4 bits may clip: 16 % of the range.
            const allowed = bits === 8 ? scale * 1.01 : scale * 15 * (1 / 0.84 - 1) + scale * 1.01;
            // What is too small for a scale is taken as 0.
            if (Math.abs(value - rows[index]!) > allowed + 1e-40) return false;
          }
          return true;
        }),
      );
    },
  );

  it('packs two 4-bit values a byte, the first in the low half', () => {
    const block = Float32Array.of(-8, 7, ...new Array<number>(30).fill(0));
    const { values, zeros } = quantise(block, { bits: 4, blockSize: 32, columns: 32 });
    expect([...zeros]).toEqual([8]);
    expect([...values]).toEqual([0xf0, ...new Array<number>(15).fill(0x88)]);
  });

  it('packs the zeros of a row likewise, each row on a byte of its own', () => {
    const up = (sign: number): number[] => Array.from({ length: 32 }, (_, index) => sign * (index % 16));
    const row = [...up(1), ...up(-1), ...up(1)];
    const { zeros } = quantise(Float32Array.of(...row, ...row), { bits: 4, blockSize: 32, columns: 96 });
    expect([...zeros]).toEqual([0xf0, 0x00, 0xf0, 0x00]);
  });

  it('pads the last block of a row with zeros', () => {
    const { values } = quantise(Float32Array.of(-128, 127, 3), { bits: 8, blockSize: 32, columns: 3 });
    expect([...values]).toEqual([0, 255, 131, ...new Array<number>(29).fill(128)]);
  });

  it('stores a block of zeros exactly', () => {
    const { values, scales, zeros } = quantise(new Float32Array(32), { bits: 4, blockSize: 32, columns: 32 });
    expect(scales[0]).toBe(0);
    expect([...zeros]).toEqual([8]);
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

describe('chooseGrid', () => {
  it('never does worse than using the whole range', () => {
    fc.assert(
      fc.property(weights(64), (rows) => {
        const scale = Math.fround((Math.max(0, ...rows) - Math.min(0, ...rows)) / 15);
        fc.pre(scale > 1e-30); // a scale of few bits covers no range well
        const exact = -Math.min(0, ...rows) / scale;
        // Either way of rounding where the zero lies halfway between two integers.
        const zeros = [Math.ceil(exact - 0.5001), Math.floor(exact + 0.5001)];
        const allowed = Math.max(...zeros.map((zero) => squaredError(rows, { scale, zero })));
        return squaredError(rows, chooseGrid(rows, 0, 64, 4)) <= allowed * 1.0001;
      }),
    );
  });

  it('covers a block that lies on one side of zero with all of its integers', () => {
    const rows = Float32Array.from({ length: 256 }, (_, index) => index / 255);
    const { scale, zero } = chooseGrid(rows, 0, 256, 4);
    expect(zero).toBe(0);
    expect(scale).toBeCloseTo(1 / 15);
  });

  it('takes values too small for a scale as zeros', () => {
    expect(chooseGrid(Float32Array.of(1e-45, 0), 0, 2, 4)).toEqual({ scale: 0, zero: 8 });
  });
});

function squaredError(rows: Float32Array, { scale, zero }: BlockGrid): number {
  return rows.reduce((sum, value) => {
    const level = scale === 0 ? zero : Math.max(0, Math.min(15, Math.floor(value / scale + zero + 0.5)));
    return sum + (value - (level - zero) * scale) ** 2;
  }, 0);
}
