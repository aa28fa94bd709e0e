import { rotate, rotateRows } from './rotate.js';

/** What is done to a matrix `[rows, columns]` before it is encoded, in this order. */
export interface WeightTransform {
  /** A vector of the checkpoint, `[columns]`, that each row is multiplied by. */
  readonly scaledBy?: string | undefined;
  /** Groups of so many columns are rotated. */
  readonly rotatedColumns?: number | undefined;
  /** Groups of so many rows are rotated. */
  readonly rotatedRows?: number | undefined;
}

/** Transforms whole groups of rows in place. `scale` are the values of `scaledBy`. */
export function transformRows(
  rows: Float32Array,
  columns: number,
  { rotatedColumns, rotatedRows }: WeightTransform,
  scale: Float32Array | undefined,
): void {
  if (scale) {
    for (let index = 0; index < rows.length; index++) {
      rows[index] = (rows[index] ?? 0) * (scale[index % columns] ?? 0);
    }
  }
  if (rotatedColumns !== undefined) rotate(rows, rotatedColumns);
  if (rotatedRows !== undefined) rotateRows(rows, columns, rotatedRows);
}
