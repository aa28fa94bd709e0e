import { createHash, type Hash } from 'node:crypto';
import type { Grid } from '../prompt/prepared-prompt.js';
import type { RgbImage } from '../types.js';

/** SHA-256 of pictures as they came and of the grid that they are cut into. */
export function digestPixels(pictures: readonly RgbImage[], grid: Grid): string {
  const hash = hashOf('pixels', grid);
  for (const { width, height, data } of pictures) hash.update(Uint32Array.of(width, height)).update(data);
  return hash.digest('base64');
}

/** SHA-256 of patches that were cut elsewhere. */
export function digestPatches(patches: Float32Array, grid: Grid): string {
  return hashOf('patches', grid).update(patches).digest('base64');
}

function hashOf(kind: string, { t, h, w }: Grid): Hash {
  return createHash('sha256')
    .update(kind)
    .update(Uint32Array.of(t, h, w));
}
