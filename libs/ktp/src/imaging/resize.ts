import type { RgbImage } from './rgb-image.js';
import { warp } from './warp.js';

/**
 * Resizes by averaging whole blocks first and interpolating the rest, so that text does not alias when a large
 * photo shrinks.
 */
export function resize(image: RgbImage, width: number, height: number): RgbImage {
  const block = Math.max(1, Math.floor(Math.min(image.width / width, image.height / height)));
  const base = block > 1 ? averageBlocks(image, block) : image;
  return warp(base, [base.width / width, 0, 0, 0, base.height / height, 0, 0, 0, 1], width, height);
}

/** Shrinks by a whole factor; incomplete blocks at the right and lower edge are left out. */
export function averageBlocks(image: RgbImage, block: number): RgbImage {
  const width = Math.floor(image.width / block);
  const height = Math.floor(image.height / block);
  const data = new Uint8Array(width * height * 3);
  const area = block * block;
  const stride = image.width * 3;
  const from = image.data;
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < width; x++, out += 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let dy = 0; dy < block; dy++) {
        const start = (y * block + dy) * stride + x * block * 3;
        for (let at = start; at < start + block * 3; at += 3) {
          red += from[at] ?? 0;
          green += from[at + 1] ?? 0;
          blue += from[at + 2] ?? 0;
        }
      }
      data[out] = red / area + 0.5;
      data[out + 1] = green / area + 0.5;
      data[out + 2] = blue / area + 0.5;
    }
  }
  return { width, height, data };
}
