import { chooseGrid, type BlockGrid } from './choose-grid.js';

/** Values and scales of rows in the block format of MatMulNBits and GatherBlockQuantized. */
export interface QuantisedRows {
  /** Packed unsigned integers `[rows, blocks, blockSize * bits / 8]`; of 4-bit pairs the first is the low half. */
  readonly values: Uint8Array;
  /** `[rows, blocks]`: a value is `(integer - zero) * scale`. */
  readonly scales: Float32Array;
  /** The `zero` of 4-bit blocks, packed as the values are, `[rows, blocks / 2]` rounded up; with 8 bits it is 128. */
  readonly zeros: Uint8Array;
}

/** Bytes of the packed zeros of a row of so many blocks; none with 8 bits. */
export function zeroBytes(bits: 4 | 8, blocks: number): number {
  return bits === 4 ? Math.ceil(blocks / 2) : 0;
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
  const zeros = new Uint8Array(blocks);
  for (let row = 0; row < count; row++) {
    for (let block = 0; block < blocks; block++) {
      const start = row * columns + block * blockSize;
      const end = Math.min(start + blockSize, (row + 1) * columns);
      const index = row * blocks + block;
      const grid = chooseGrid(rows, start, end, bits);
      out.scales[index] = grid.scale;
      zeros[block] = grid.zero;
      toLevels(rows, start, end, grid, levels, 2 ** bits - 1);
      if (bits === 4) packPairs(levels, out.values, index * blockBytes);
      else out.values.set(levels, index * blockBytes);
    }
    if (bits === 4) packPairs(zeros, out.zeros, row * zeroBytes(bits, blocks));
  }
}

/** Nearest integers from 0 to `top`; the rest of a block stands for 0. */
function toLevels(
  rows: Float32Array,
  start: number,
  end: number,
  { scale, zero }: BlockGrid,
  levels: Uint8Array,
  top: number,
): void {
  const inverse = scale === 0 ? 0 : 1 / scale;
  levels.fill(zero);
  for (let index = start; index < end; index++) {
    const level = ((rows[index] ?? 0) * inverse + zero + 0.5) | 0;
    levels[index - start] = level > top ? top : level < 0 ? 0 : level;
  }
}

function packPairs(levels: Uint8Array, out: Uint8Array, offset: number): void {
  for (let pair = 0; 2 * pair < levels.length; pair++) {
    out[offset + pair] = (levels[2 * pair] ?? 0) | ((levels[2 * pair + 1] ?? 0) << 4);
  }
}
