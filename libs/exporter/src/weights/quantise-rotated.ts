import { rotate } from './rotate.js';

/**
 * Largest integer of a rotated weight. Seven bits: kernels without VNNI add the products of two unsigned and two
 * signed bytes in 16 bits, which 2 * 255 * 64 just fits, so that sums are exact on every processor.
 */
export const TOP_LEVEL = 64;

/** A rotated weight as MatMulInteger takes it: the whole matrix is held, for its rows become columns. */
export interface RotatedMatrix {
  /** `[columns, rows]` */
  readonly values: Int8Array;
  /** `[rows]`: a rotated weight is `integer * scale`. */
  readonly scales: Float32Array;
}

/** Rotates and rounds f32 rows `[count, columns]`, which are overwritten, into the matrix from row `first` on. */
export function quantiseRotated(
  rows: Float32Array,
  { columns, group, first }: { readonly columns: number; readonly group: number; readonly first: number },
  out: RotatedMatrix,
): void {
  rotate(rows, group);
  const total = out.scales.length;
  for (let start = 0, row = first; start < rows.length; start += columns, row++) {
    let largest = 0;
    for (let index = start; index < start + columns; index++) {
      largest = Math.max(largest, Math.abs(rows[index] ?? 0));
    }
    const scale = Math.fround(largest / TOP_LEVEL);
    const inverse = scale === 0 ? 0 : 1 / scale;
    out.scales[row] = scale;
    for (let column = 0; column < columns; column++) {
      out.values[column * total + row] = Math.round((rows[start + column] ?? 0) * inverse);
    }
  }
}
