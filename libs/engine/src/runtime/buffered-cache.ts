import { KvBuffers, type KvLayout, type KvTensors } from './kv-buffers.js';
import type { KvCache } from './runtime.js';

/** Room is for a multiple of so many tokens. */
const capacityBlock = 128;

/**
 * Room that is made, as a multiple of what is needed and in tokens beyond it, whichever is more: an answer is then
 * seldom moved, which takes as long as a few steps. Not more, since what is allocated, used or not, has JavaScript
 * collect garbage.
 */
const roomFactor = 1.25;
const answerRoom = 256;

/** How much room a cache gets when it has to be moved. */
export interface RoomPolicy {
  readonly layout: KvLayout;
  /**
   * True where a step costs a copy of the whole room: then room grows by one block. Otherwise it grows by half
   * at least, so that moving costs a constant share of what was computed.
   */
  readonly isTight: boolean;
}

/** A sequence's row in buffers that it may share with others of its batch. */
export class BufferedCache implements KvCache {
  length = 0;
  #place: { readonly buffers: KvBuffers; readonly row: number; readonly policy: RoomPolicy } | undefined;

  truncate(length: number): void {
    if (length < 0 || length > this.length)
      throw new RangeError(`cannot truncate ${this.length} tokens to ${length}`);
    this.length = length;
  }

  copy(length: number): BufferedCache {
    if (length < 0 || length > this.length)
      throw new RangeError(`cannot copy ${length} of ${this.length} tokens`);
    const copy = new BufferedCache();
    if (this.#place && length > 0) {
      const { buffers, row, policy } = this.#place;
      copy.#place = { buffers: new KvBuffers(policy.layout, 1, roomFor(length, 0, policy)), row: 0, policy };
      copy.#place.buffers.copyRow(0, buffers, row, length);
    }
    copy.length = length;
    return copy;
  }

  detach(length: number): BufferedCache {
    // What is forgotten stays in memory where it is not copied: that may be no more than a block.
    if (this.#place?.buffers.batch !== 1 || this.length - length > capacityBlock) {
      const copy = this.copy(length);
      this.release();
      return copy;
    }
    this.truncate(length);
    const detached = new BufferedCache();
    [detached.#place, detached.length] = [this.#place, length];
    this.release();
    return detached;
  }

  release(): void {
    this.#place = undefined;
    this.length = 0;
  }

  /** Largest magnitude of each channel of what it holds; see {@link KvBuffers.largest}. For a cache used alone. */
  largest(): Float32Array[] {
    return this.#place?.buffers.largest(this.length) ?? [];
  }

  /**
   * The caches as consecutive rows of one set of buffers with room for `needed` tokens. What they hold is moved only
   * when they do not lie so already.
   */
  static together(caches: readonly BufferedCache[], needed: number, policy: RoomPolicy): KvTensors {
    const places = caches.map((cache) => cache.#place);
    const [first] = places;
    const current = first?.buffers;
    const inPlace = places.every(
      (place, index) => place?.buffers === current && place?.row === (first?.row ?? 0) + index,
    );
    // Without a copy of all its room at each step, a row of a larger batch can be used alone as well.
    const fits = !policy.isTight || current?.batch === caches.length;
    if (first && inPlace && fits && first.buffers.capacity >= needed) {
      return first.buffers.rows(first.row, caches.length);
    }
    const old = Math.max(...places.map((place) => place?.buffers.capacity ?? 0));
    const buffers = new KvBuffers(policy.layout, caches.length, roomFor(needed, old, policy));
    for (const [row, cache] of caches.entries()) {
      if (cache.#place) buffers.copyRow(row, cache.#place.buffers, cache.#place.row, cache.length);
      cache.#place = { buffers, row, policy };
    }
    return buffers.rows(0, caches.length);
  }
}

/** Tokens of room for `needed` of them where there was room for `old`. */
function roomFor(needed: number, old: number, { isTight }: RoomPolicy): number {
  const grown = needed > old ? Math.max(needed * roomFactor, needed + answerRoom, old * 1.5) : old;
  return Math.ceil((isTight ? needed : grown) / capacityBlock) * capacityBlock;
}
