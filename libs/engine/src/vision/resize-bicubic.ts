import type { RgbImage } from '../types.js';
import { bicubicWeights, weightBits } from './bicubic-weights.js';
import type { Size } from './smart-resize.js';

const half = 1 << (weightBits - 1);

/**
 * Bicubic resize, bit-exact with Pillow's `Image.resize(..., BICUBIC)`: a horizontal, then a vertical pass, each
 * rounded to bytes; an axis whose size stays is left alone.
 */
export function resizeBicubic(image: RgbImage, size: Size): RgbImage {
  const wide = size.width === image.width ? image : resizeWidth(image, size.width);
  return size.height === image.height ? wide : resizeHeight(wide, size.height);
}

function resizeWidth({ width, height, data }: RgbImage, outWidth: number): RgbImage {
  const { starts, counts, weights, stride } = bicubicWeights(width, outWidth);
  const out = new Uint8ClampedArray(outWidth * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++, to += 3) {
      let from = (y * width + (starts[x] ?? 0)) * 3;
      let red = half;
      let green = half;
      let blue = half;
      const first = x * stride;
      const end = first + (counts[x] ?? 0);
      for (let at = first; at < end; at++, from += 3) {
        const weight = weights[at] ?? 0;
        red += weight * (data[from] ?? 0);
        green += weight * (data[from + 1] ?? 0);
        blue += weight * (data[from + 2] ?? 0);
      }
      out[to] = red >> weightBits;
      out[to + 1] = green >> weightBits;
      out[to + 2] = blue >> weightBits;
    }
  }
  return { width: outWidth, height, data: new Uint8Array(out.buffer) };
}

function resizeHeight({ width, height, data }: RgbImage, outHeight: number): RgbImage {
  const { starts, counts, weights, stride } = bicubicWeights(height, outHeight);
  const rowLength = width * 3;
  const out = new Uint8ClampedArray(rowLength * outHeight);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < outHeight; y++) {
    sums.fill(half);
    const start = starts[y] ?? 0;
    const count = counts[y] ?? 0;
    for (let j = 0; j < count; j++) {
      const weight = weights[y * stride + j] ?? 0;
      const from = (start + j) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] = (sums[i] ?? 0) + weight * (data[from + i] ?? 0);
    }
    const to = y * rowLength;
    for (let i = 0; i < rowLength; i++) out[to + i] = (sums[i] ?? 0) >> weightBits;
  }
  return { width, height: outHeight, data: new Uint8Array(out.buffer) };
}
