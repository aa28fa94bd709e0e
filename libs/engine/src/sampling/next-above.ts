/**
 * Index of the first of `values` that is above `threshold`, from `from` on; their number when none is. NaN is above
 * nothing. Eight are looked at together, since in a search for the largest of many hardly any is.
 */
export function nextAbove(values: Float32Array, from: number, threshold: number): number {
  const isAbove = (at: number): boolean => (values[at] ?? NaN) > threshold;
  let at = from;
  while (at + 8 <= values.length && !anyOfEight(values, at, threshold)) at += 8;
  while (at < values.length && !isAbove(at)) at += 1;
  return at;
}

function anyOfEight(values: Float32Array, at: number, threshold: number): boolean {
  return (
    (values[at] ?? NaN) > threshold ||
    (values[at + 1] ?? NaN) > threshold ||
    (values[at + 2] ?? NaN) > threshold ||
    (values[at + 3] ?? NaN) > threshold ||
    (values[at + 4] ?? NaN) > threshold ||
    (values[at + 5] ?? NaN) > threshold ||
    (values[at + 6] ?? NaN) > threshold ||
    (values[at + 7] ?? NaN) > threshold
  );
}
