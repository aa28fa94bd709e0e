import type { BufferedCache } from './buffered-cache.js';

/**
 * What one step of an 8-bit key or value is worth, for each channel: `[kvHeads * headDim]`, keys then values of layer
 * 0, 1, …
 */
export type CacheScales = readonly ArrayLike<number>[];

/**
 * Room above the largest magnitude that was seen, for texts and pictures that go beyond it. Tried on the reference's
 * small checkpoint: logits are off by 8 % of their deviation at 1, 1.4 % at 1.5, 1.8 % at 2, 2.8 % at 3.
 */
const margin = 1.5;

/** Largest 8-bit step in use, on both sides of zero. */
const steps = 127;

/** Least scale, for channels that were zero throughout. */
const least = 1e-8;

/** Scales that hold what a 32-bit cache holds, with a margin of half as much again. */
export function scalesOf(cache: BufferedCache): CacheScales {
  return cache
    .largest()
    .map((channels) => channels.map((magnitude) => Math.max((magnitude * margin) / steps, least)));
}
