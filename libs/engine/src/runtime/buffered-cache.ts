import { KvBuffers } from './kv-buffers.js';
import type { KvCache, ModelShape } from './runtime.js';

/** Tokens by which the room of a cache grows. Small, because the stock binding copies all of the room at each step. */
export const capacityBlock = 128;

/** A sequence's row in buffers that it may share with others of its batch. */
export class BufferedCache implements KvCache {
  length = 0;
  #place: { readonly buffers: KvBuffers; readonly row: number } | undefined;

  truncate(length: number): void {
    if (length < 0 || length > this.length)
      throw new RangeError(`cannot truncate ${this.length} tokens to ${length}`);
    this.length = length;
  }

  release(): void {
    this.#place = undefined;
    this.length = 0;
  }

  /**
   * Makes the caches the rows 0, 1, … of one set of buffers with room for `needed` tokens, moving what they hold
   * only when they are not so already.
   */
  static together(caches: readonly BufferedCache[], needed: number, shape: ModelShape): KvBuffers {
    const [first] = caches;
    const current = first === undefined ? undefined : first.#place?.buffers;
    const inPlace = caches.every(
      (cache, row) => cache.#place?.buffers === current && cache.#place?.row === row,
    );
    if (current && inPlace && current.batch === caches.length && current.capacity >= needed) return current;
    const capacity = Math.ceil(needed / capacityBlock) * capacityBlock;
    const buffers = new KvBuffers(shape, caches.length, capacity);
    for (const [row, cache] of caches.entries()) {
      if (cache.#place) buffers.copyRow(row, cache.#place.buffers, cache.#place.row, cache.length);
      cache.#place = { buffers, row };
    }
    return buffers;
  }
}
