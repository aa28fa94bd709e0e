import { describe, expect, test } from 'vitest';
import { BufferedCache, type RoomPolicy } from './buffered-cache.js';
import type { KvTensors } from './kv-buffers.js';

const layout = { layers: 1, kvHeads: 2, headDim: 16, type: 'f32' as const };
const loose: RoomPolicy = { layout, isTight: false };
const tight: RoomPolicy = { layout, isTight: true };

const memory = ({ past }: KvTensors): ArrayBufferLike | undefined => Object.values(past)[0]?.data.buffer;
const capacity = ({ past }: KvTensors): number => Object.values(past)[0]?.dims[2] ?? NaN;

/** Caches that share their memory, with so many tokens each, the first key of which is 1, 2, …. */
function filled(lengths: readonly number[], policy = loose): { caches: BufferedCache[]; tensors: KvTensors } {
  const caches = lengths.map(() => new BufferedCache(policy));
  const tensors = BufferedCache.together(caches, Math.max(...lengths), policy);
  const keys = Object.values(tensors.past)[0]?.data;
  for (const [row, cache] of caches.entries()) {
    if (keys) keys[row * (keys.length / caches.length)] = row + 1;
    cache.length = lengths[row] ?? 0;
  }
  return { caches, tensors };
}

const firstKey = (cache: BufferedCache): unknown => {
  const { past } = BufferedCache.together([cache], cache.length, loose);
  return Object.values(past)[0]?.data[0];
};

describe('room', () => {
  test('is made for a quarter more, so that the answer to a long prompt is seldom moved', () => {
    const { caches, tensors } = filled([1024]);
    expect(memory(BufferedCache.together(caches, 1280, loose))).toBe(memory(tensors));
    const moved = BufferedCache.together(caches, 5000, loose);
    expect(memory(moved)).not.toBe(memory(tensors));
    expect(firstKey(caches[0] ?? new BufferedCache(loose))).toBe(1);
  });

  test('is a block at a time where all of it is copied with each step', () => {
    const { caches, tensors } = filled([10], tight);
    expect(capacity(tensors)).toBe(128);
    expect(capacity(BufferedCache.together(caches, 129, tight))).toBe(256);
  });

  test('of a copy is enough to go on', () => {
    const [cache] = filled([1024]).caches;
    const copy = cache?.copy(1024) ?? new BufferedCache(loose);
    const before = BufferedCache.together([copy], 1024, loose);
    expect(memory(BufferedCache.together([copy], 1280, loose))).toBe(memory(before));
  });
});

describe('a detached cache', () => {
  test('has the memory of one that is alone', () => {
    const { caches, tensors } = filled([300]);
    const detached = caches[0]?.detach(290);
    expect(caches[0]?.length).toBe(0);
    expect(detached?.length).toBe(290);
    if (detached) expect(memory(BufferedCache.together([detached], 290, loose))).toBe(memory(tensors));
  });

  test('is a copy where memory is shared or much would be forgotten in place', () => {
    const shared = filled([300, 200]);
    const second = shared.caches[1]?.detach(200);
    expect(second && firstKey(second)).toBe(2);
    expect(shared.caches[0] && firstKey(shared.caches[0])).toBe(1);
    const long = filled([1000]);
    const short = long.caches[0]?.detach(100);
    if (short) expect(memory(BufferedCache.together([short], 100, loose))).not.toBe(memory(long.tensors));
  });
});
