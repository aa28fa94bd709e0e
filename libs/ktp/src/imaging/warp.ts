import type { Homography } from '../geometry/homography.js';
import type { RgbImage } from './rgb-image.js';

/**
 * Resamples an image through a projective map, bilinear, edges repeated.
 *
 * @param toSource sends a pixel centre of the result to the source
 */
export function warp(source: RgbImage, toSource: Homography, width: number, height: number): RgbImage {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 1] = toSource;
  const data = new Uint8Array(width * height * 3);
  const maxX = source.width - 1;
  const maxY = source.height - 1;
  const stride = source.width * 3;
  const from = source.data;
  let out = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const px = column + 0.5;
      const py = row + 0.5;
      const w = g * px + h * py + i;
      const x = Math.min(maxX, Math.max(0, (a * px + b * py + c) / w - 0.5));
      const y = Math.min(maxY, Math.max(0, (d * px + e * py + f) / w - 0.5));
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      const fx = x - x0;
      const fy = y - y0;
      const left = 1 - fx;
      const above = 1 - fy;
      const p = y0 * stride + x0 * 3;
      const q = x0 < maxX ? p + 3 : p;
      const below = y0 < maxY ? stride : 0;
      // Written out: a loop over the channels takes half as long again.
      data[out] =
        ((from[p] ?? 0) * left + (from[q] ?? 0) * fx) * above +
        ((from[p + below] ?? 0) * left + (from[q + below] ?? 0) * fx) * fy +
        0.5;
      data[out + 1] =
        ((from[p + 1] ?? 0) * left + (from[q + 1] ?? 0) * fx) * above +
        ((from[p + 1 + below] ?? 0) * left + (from[q + 1 + below] ?? 0) * fx) * fy +
        0.5;
      data[out + 2] =
        ((from[p + 2] ?? 0) * left + (from[q + 2] ?? 0) * fx) * above +
        ((from[p + 2 + below] ?? 0) * left + (from[q + 2 + below] ?? 0) * fx) * fy +
        0.5;
      out += 3;
    }
  }
  return { width, height, data };
}
