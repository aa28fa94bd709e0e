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
  const caches = lengths.map(() => new BufferedCache());
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

/** One that shares its memory with none. */
function alone(length: number, policy = loose): { cache: BufferedCache; tensors: KvTensors } {
  const { caches, tensors } = filled([length], policy);
  const [cache = new BufferedCache()] = caches;
  return { cache, tensors };
}

const memoryOf = (cache: BufferedCache, needed = cache.length): ArrayBufferLike | undefined =>
  memory(BufferedCache.together([cache], needed, loose));

describe('room', () => {
  test('is made for an answer to a short prompt, which is then not moved', () => {
    const { cache, tensors } = alone(100);
    expect(memoryOf(cache, 356)).toBe(memory(tensors));
  });

  test('is made for a quarter more, so that the answer to a long prompt is seldom moved', () => {
    const { cache, tensors } = alone(1024);
    expect(memoryOf(cache, 1280)).toBe(memory(tensors));
    expect(memoryOf(cache, 5000)).not.toBe(memory(tensors));
    expect(firstKey(cache)).toBe(1);
  });

  test('is a block at a time where all of it is copied with each step', () => {
    const { cache, tensors } = alone(10, tight);
    expect(capacity(tensors)).toBe(128);
    expect(capacity(BufferedCache.together([cache], 129, tight))).toBe(256);
  });

  test('of a copy is enough to go on', () => {
    const copy = alone(1024).cache.copy(1024);
    expect(memoryOf(copy, 1280)).toBe(memoryOf(copy));
  });
});

describe('a detached cache', () => {
  test('has the memory of one that is alone', () => {
    const { cache, tensors } = alone(300);
    const detached = cache.detach(290);
    expect([cache.length, detached.length]).toEqual([0, 290]);
    expect(memoryOf(detached)).toBe(memory(tensors));
  });

  test('is a copy where memory is shared', () => {
    const { caches } = filled([300, 200]);
    const [second] = caches.slice(1).map((cache) => cache.detach(200));
    expect([...caches.slice(0, 1), second].map((cache) => cache && firstKey(cache))).toEqual([1, 2]);
  });

  test('is a copy where much would be forgotten in place', () => {
    const { cache, tensors } = alone(1000);
    expect(memoryOf(cache.detach(100))).not.toBe(memory(tensors));
  });
});
