import type { AllowMask } from '../sampling/allow-mask.js';

/** Allows nothing but these tokens. */
export function maskOf(vocabSize: number, ids: Iterable<number>): AllowMask {
  const mask = new Uint32Array(Math.ceil(vocabSize / 32));
  for (const id of ids) mask[id >>> 5] = (mask[id >>> 5] ?? 0) | (1 << (id & 31));
  return mask;
}

/** Allows everything but these tokens. */
export function maskWithout(vocabSize: number, ids: Iterable<number>): AllowMask {
  const mask = new Uint32Array(Math.ceil(vocabSize / 32)).fill(0xffffffff);
  for (const id of ids) mask[id >>> 5] = (mask[id >>> 5] ?? 0) & ~(1 << (id & 31));
  return mask;
}
