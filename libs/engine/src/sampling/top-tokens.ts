import { nextAbove } from './next-above.js';

/**
 * The `count` largest of `values` `[vocab]`, largest first, ties by lower id, through a bounded heap: one pass and
 * no sort of the whole. Minus infinity and NaN are never chosen, so there may be fewer.
 */
export function topTokens(values: Float32Array, count: number): Uint32Array {
  const heap = new Uint32Array(Math.min(count, values.length));
  let size = 0;
  let threshold = -Infinity; // the heap's smallest value once it is full

  const at = (slot: number): number => heap[slot] ?? 0;
  const worse = (a: number, b: number): boolean => {
    const x = values[a] ?? 0;
    const y = values[b] ?? 0;
    return x < y || (x === y && a > b);
  };
  const swap = (a: number, b: number): void => {
    const kept = at(a);
    heap[a] = at(b);
    heap[b] = kept;
  };
  const siftUp = (from: number): void => {
    for (let slot = from; slot > 0;) {
      const parent = (slot - 1) >> 1;
      if (!worse(at(slot), at(parent))) return;
      swap(slot, parent);
      slot = parent;
    }
  };
  const siftDown = (end: number): void => {
    for (let slot = 0; ;) {
      let child = 2 * slot + 1;
      if (child >= end) return;
      if (child + 1 < end && worse(at(child + 1), at(child))) child += 1;
      if (!worse(at(child), at(slot))) return;
      swap(slot, child);
      slot = child;
    }
  };

  const first = heap.length > 0 ? 0 : values.length;
  for (let id = nextAbove(values, first, threshold); id < values.length;) {
    if (size < heap.length) {
      heap[size] = id;
      siftUp(size++);
    } else {
      heap[0] = id;
      siftDown(size);
    }
    if (size === heap.length) threshold = values[at(0)] ?? -Infinity;
    id = nextAbove(values, id + 1, threshold);
  }
  for (let end = size - 1; end > 0; end--) {
    swap(0, end);
    siftDown(end);
  }
  return heap.subarray(0, size);
}
