import { chooseScale } from './choose-scale.js';

/** Values and scales of rows in the block format of MatMulNBits and GatherBlockQuantized. */
export interface QuantisedRows {
  /** Packed unsigned integers `[rows, blocks, blockSize * bits / 8]`; of 4-bit pairs the first is the low half. */
  readonly values: Uint8Array;
  /** `[rows, blocks]`: a value is `(integer - 2^(bits - 1)) * scale`. */
  readonly scales: Float32Array;
}

/** Shape and format of the rows that {@link quantiseBlocks} takes. */
export interface BlockFormat {
  readonly bits: 4 | 8;
  readonly blockSize: number;
  readonly columns: number;
}

/** Quantises f32 rows `[rows, columns]` into `out`; the last block of a row is padded with zeros. */
export function quantiseBlocks(rows: Float32Array, format: BlockFormat, out: QuantisedRows): void {
  const { bits, blockSize, columns } = format;
  const blocks = Math.ceil(columns / blockSize);
  const count = rows.length / columns;
  const blockBytes = (blockSize * bits) / 8;
  const levels = new Uint8Array(blockSize);
  for (let row = 0; row < count; row++) {
    for (let block = 0; block < blocks; block++) {
      const start = row * columns + block * blockSize;
      const end = Math.min(start + blockSize, (row + 1) * columns);
      const index = row * blocks + block;
      const scale = chooseScale(rows, start, end, bits);
      out.scales[index] = scale;
      toLevels(rows, start, end, scale, levels, 2 ** (bits - 1));
      if (bits === 4) packPairs(levels, out.values, index * blockBytes);
      else out.values.set(levels, index * blockBytes);
    }
  }
}

/** Nearest integers from 0 to `2 * zero - 1`; `zero` stands for 0. */
function toLevels(
  rows: Float32Array,
  start: number,
  end: number,
  scale: number,
  levels: Uint8Array,
  zero: number,
): void {
  const inverse = scale === 0 ? 0 : 1 / scale;
  const top = 2 * zero - 1;
  levels.fill(zero);
  for (let index = start; index < end; index++) {
    const level = ((rows[index] ?? 0) * inverse + zero + 0.5) | 0;
    levels[index - start] = level > top ? top : level < 0 ? 0 : level;
  }
}

function packPairs(levels: Uint8Array, out: Uint8Array, offset: number): void {
  for (let pair = 0; pair < levels.length / 2; pair++) {
    out[offset + pair] = (levels[2 * pair] ?? 0) | ((levels[2 * pair + 1] ?? 0) << 4);
  }
}
