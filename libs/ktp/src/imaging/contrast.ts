import type { RgbImage } from './rgb-image.js';

/** Stretches the luminance of each part of a line to the full range: against shadow and glare. Grey result. */
export function stretchContrast(line: RgbImage): RgbImage {
  const { width, height, data } = line;
  const grey = new Float32Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    grey[i] = (data[at] ?? 0) * 0.3 + (data[at + 1] ?? 0) * 0.59 + (data[at + 2] ?? 0) * 0.11;
  }
  const low = new Float32Array(width);
  const high = new Float32Array(width);
  const column = new Float32Array(height);
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) column[y] = grey[y * width + x] ?? 0;
    column.sort();
    low[x] = column[Math.floor(height * 0.05)] ?? 0;
    high[x] = column[Math.floor(height * 0.9)] ?? 0;
  }
  const out = new Uint8Array(data.length);
  const reach = height;
  for (let x = 0; x < width; x++) {
    const from = Math.max(0, x - reach);
    const dark = low.subarray(from, x + reach + 1).reduce((a, b) => Math.min(a, b), 255);
    const light = high.subarray(from, x + reach + 1).reduce((a, b) => Math.max(a, b), 0);
    const scale = 235 / Math.max(24, light - dark);
    for (let y = 0; y < height; y++) {
      const value = Math.min(255, Math.max(0, ((grey[y * width + x] ?? 0) - dark) * scale + 10));
      out.fill(value, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return { width, height, data: out };
}
