import type { RgbImage } from '../pixels.js';

/** Pixels as decoders give them: 8 bits, `channels` samples a pixel, red, green, blue first. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** `[height, width, channels]` */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Drops alpha, as Pillow's `convert("RGB")`: the colour under it stays as it is, nothing is blended. */
export function toRgb({ width, height, channels, data }: DecodedImage): RgbImage {
  const pixels = width * height;
  if (channels === 3)
    return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, pixels * 3) };
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0, from = 0, to = 0; i < pixels; i += 1, from += 4, to += 3) {
    rgb[to] = data[from] ?? 0;
    rgb[to + 1] = data[from + 1] ?? 0;
    rgb[to + 2] = data[from + 2] ?? 0;
  }
  return { width, height, data: rgb };
}
