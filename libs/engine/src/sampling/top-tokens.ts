import { BoundedHeap } from './bounded-heap.js';

/** Values that are compared together: in a search for the largest of many hardly any has to be looked at alone. */
const group = 8;

/**
 * The `count` largest of `values` `[vocab]`, largest first, ties by lower id, in one pass and without a sort of the
 * whole. Minus infinity and NaN are never chosen, so there may be fewer.
 */
export function topTokens(values: Float32Array, count: number): Uint32Array {
  const heap = new BoundedHeap(Math.min(count, values.length));
  let { threshold } = heap;
  for (let at = 0; at < values.length;) {
    while (at + group <= values.length && !isAnyAbove(values, at, threshold)) at += group;
    for (const end = Math.min(at + group, values.length); at < end; at++) {
      const value = values[at] ?? NaN;
      if (!(value > threshold)) continue;
      heap.add(at, value);
      ({ threshold } = heap);
    }
  }
  return heap.sorted();
}

/** Whether one of the `group` values from `at` on is; NaN is above nothing. */
function isAnyAbove(values: Float32Array, at: number, threshold: number): boolean {
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
