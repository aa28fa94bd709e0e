import { createCanvas, type Canvas } from '@napi-rs/canvas';
import type { RgbImage } from '@qwenvl/ktp';

/** Canvas pixels without their alpha. */
export function fromCanvasPixels(rgba: Uint8ClampedArray, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = rgba[from] ?? 0;
    data[to + 1] = rgba[from + 1] ?? 0;
    data[to + 2] = rgba[from + 2] ?? 0;
  }
  return { width, height, data };
}

/** A canvas that shows the image, for encoding. */
export function toCanvas(image: RgbImage): Canvas {
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(image.width, image.height);
  for (let from = 0, to = 0; from < image.data.length; from += 3, to += 4) {
    pixels.data[to] = image.data[from] ?? 0;
    pixels.data[to + 1] = image.data[from + 1] ?? 0;
    pixels.data[to + 2] = image.data[from + 2] ?? 0;
    pixels.data[to + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
