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

/** Quantises f32 rows `[rows, columns]`; the last block of a row is padded with zeros. */
export function quantiseBlocks(rows: Float32Array, format: BlockFormat, out: QuantisedRows): void {
  const { bits, blockSize, columns } = format;
  const blocks = Math.ceil(columns / blockSize);
  const count = rows.length / columns;
  const blockBytes = (blockSize * bits) / 8;
  for (let row = 0; row < count; row++) {
    for (let block = 0; block < blocks; block++) {
      const start = row * columns + block * blockSize;
      const end = Math.min(start + blockSize, (row + 1) * columns);
      const index = row * blocks + block;
      const scale = bits === 4 ? scaleOf(rows, start, end, 8) : scaleOf(rows, start, end, 128);
      out.scales[index] = scale;
      if (bits === 4) pack4(rows, start, end, scale, out.values, index * blockBytes, blockBytes);
      else pack8(rows, start, end, scale, out.values, index * blockBytes, blockBytes);
    }
  }
}

/** The value of largest magnitude takes the one integer that has no opposite, -2^(bits-1): the finest grid without clipping it. */
function scaleOf(rows: Float32Array, start: number, end: number, half: number): number {
  let low = 0;
  let high = 0;
  for (let index = start; index < end; index++) {
    const value = rows[index] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return Math.fround((-low > high ? low : high) / -half);
}

function pack4(
  rows: Float32Array,
  start: number,
  end: number,
  scale: number,
  out: Uint8Array,
  offset: number,
  bytes: number,
): void {
  const inverse = scale === 0 ? 0 : 1 / scale;
  for (let index = 0; index < bytes; index++) {
    const position = start + 2 * index;
    const low = position < end ? Math.min(15, Math.floor((rows[position] ?? 0) * inverse + 8.5)) : 8;
    const high = position + 1 < end ? Math.min(15, Math.floor((rows[position + 1] ?? 0) * inverse + 8.5)) : 8;
    out[offset + index] = low | (high << 4);
  }
}

function pack8(
  rows: Float32Array,
  start: number,
  end: number,
  scale: number,
  out: Uint8Array,
  offset: number,
  bytes: number,
): void {
  const inverse = scale === 0 ? 0 : 1 / scale;
  for (let index = 0; index < bytes; index++) {
    const position = start + index;
    out[offset + index] =
      position < end ? Math.min(255, Math.floor((rows[position] ?? 0) * inverse + 128.5)) : 128;
  }
}
