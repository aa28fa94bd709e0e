/**
 * Multiplies each group of `group` values (a power of two) by the normalised Hadamard matrix, in place. The matrix is
 * orthogonal and its own inverse: rotating both sides of a product leaves the product as it is, while a value that
 * stands out is spread over its whole group.
 */
export function rotate(values: Float32Array, group: number): void {
  const norm = Math.fround(1 / Math.sqrt(group));
  // A group at a time: it stays in the nearest cache.
  for (let from = 0; from < values.length; from += group) {
    for (let half = 1; half < group; half *= 2) mix(values, from, group, half, half * 2 === group ? norm : 1);
  }
}

/** Multiplies each group of `group` rows (a power of two) by the same matrix from the left, in place. */
export function rotateRows(rows: Float32Array, columns: number, group: number): void {
  const norm = Math.fround(1 / Math.sqrt(group));
  const size = group * columns;
  for (let from = 0; from < rows.length; from += size) {
    for (let half = columns; half < size; half *= 2)
      mix(rows, from, size, half, half * 2 === size ? norm : 1);
  }
}

/** Sums and differences of values `half` apart, times `factor`, in `values[from, from + size)`. */
function mix(values: Float32Array, from: number, size: number, half: number, factor: number): void {
  for (let start = from; start < from + size; start += half * 2) {
    for (let index = start; index < start + half; index++) {
      const a = values[index] ?? 0;
      const b = values[index + half] ?? 0;
      values[index] = (a + b) * factor;
      values[index + half] = (a - b) * factor;
    }
  }
}

/** The matrix that {@link rotate} multiplies by, `[group, group]`. */
export function rotation(group: number): Float32Array {
  const matrix = new Float32Array(group * group);
  for (let index = 0; index < group; index++) matrix[index * group + index] = 1;
  rotate(matrix, group);
  return matrix;
}

/** Most values that are mixed: twice as many cost twice the time and halve what an outlier of a single channel costs. */
const MOST = 128;

/** The largest power of two up to 128 that divides rows of so many columns. */
export function rotationGroup(columns: number): number {
  let group = 1;
  while (group < MOST && columns % (group * 2) === 0) group *= 2;
  return group;
}
