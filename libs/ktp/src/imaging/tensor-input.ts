import type { RgbImage } from './rgb-image.js';

/** Mean and deviation of one channel, on levels scaled to `[0, 1]`. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/**
 * Writes an image into a tensor as planes in the order blue, green, red, which the PP-OCR networks were trained
 * on. The target plane may be larger than the image; the rest keeps its value.
 *
 * @param target `[3, planeHeight, planeWidth]` from `offset` on
 */
export function writePlanes(
  image: RgbImage,
  { mean, deviation }: Normalisation,
  target: Float32Array,
  offset: number,
  planeWidth: number,
  planeHeight: number,
): void {
  const levels = new Float32Array(256);
  for (let plane = 0; plane < 3; plane++) {
    const factor = 1 / (255 * (deviation[plane] ?? 1));
    const shift = (mean[plane] ?? 0) / (deviation[plane] ?? 1);
    for (let level = 0; level < 256; level++) levels[level] = level * factor - shift;
    for (let y = 0; y < image.height; y++) {
      let from = y * image.width * 3 + 2 - plane;
      let to = offset + (plane * planeHeight + y) * planeWidth;
      for (let x = 0; x < image.width; x++, from += 3, to++) {
        target[to] = levels[image.data[from] ?? 0] ?? 0;
      }
    }
  }
}
