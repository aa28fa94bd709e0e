import { BoundedHeap } from './bounded-heap.js';

/** Values that are compared together: in a search for the largest of many hardly any has to be looked at alone. */
const group = 8;

/** Values of a block whose largest a {@link BlockMaxima} gives. */
export const maximaBlock = 64;

/** The largest of each {@link maximaBlock} values, of whole blocks; NaN is left out. Good until the next call. */
export type BlockMaxima = (values: Float32Array) => Float32Array;

/**
 * The `count` largest of `values` `[vocab]`, largest first, ties by lower id, in one pass and without a sort of the
 * whole. Minus infinity and NaN are never chosen, so there may be fewer. With `blockMaxima` whole blocks are passed over.
 */
export function topTokens(values: Float32Array, count: number, blockMaxima?: BlockMaxima): Uint32Array {
  const maxima = blockMaxima?.(values);
  const heap = new BoundedHeap(Math.min(count, values.length));
  let { threshold } = heap;
  for (let at = 0; at < values.length;) {
    at = skip(values, at, threshold, maxima);
    for (const end = Math.min(at + group, values.length); at < end; at++) {
      const value = values[at] ?? NaN;
      if (!(value > threshold)) continue;
      heap.add(at, value);
      ({ threshold } = heap);
    }
  }
  return heap.sorted();
}

/** The next group from `at` on that may hold a value above the threshold, or what is left after the last whole one. */
function skip(values: Float32Array, at: number, threshold: number, maxima: Float32Array | undefined): number {
  while (at + group <= values.length) {
    if (maxima && at % maximaBlock === 0 && !((maxima[at / maximaBlock] ?? Infinity) > threshold)) {
      at += maximaBlock;
    } else if (isAnyAbove(values, at, threshold)) return at;
    else at += group;
  }
  return at;
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
