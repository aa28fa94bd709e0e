/**
 * Solves the square system `a x = b` by Gaussian elimination with partial pivoting.
 *
 * @param a matrix `[n, n]`, row by row
 * @param b right side `[n]`
 * @returns `x` `[n]`, or `undefined` when the matrix is singular
 */
export function solveLinearSystem(
  a: readonly (readonly number[])[],
  b: readonly number[],
): number[] | undefined {
  const n = b.length;
  const rows = a.map((row, i) => Float64Array.from([...row, b[i] ?? 0]));
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(rows[i]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = i;
    }
    const pivotRow = rows[pivot];
    const currentRow = rows[column];
    if (!pivotRow || !currentRow) return undefined;
    rows[pivot] = currentRow;
    rows[column] = pivotRow;
    const lead = pivotRow[column] ?? 0;
    if (Math.abs(lead) < 1e-12) return undefined;
    for (const [i, row] of rows.entries()) {
      if (i === column) continue;
      const factor = (row[column] ?? 0) / lead;
      if (factor === 0) continue;
      for (let j = column; j <= n; j++) row[j] = (row[j] ?? 0) - factor * (pivotRow[j] ?? 0);
    }
  }
  return rows.map((row, i) => (row[n] ?? 0) / (row[i] ?? 1));
}
