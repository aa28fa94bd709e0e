import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { RgbImage } from '../types.js';

/** A picture as the reference reads it: converted to RGB, alpha dropped. */
export async function readImage(file: URL): Promise<RgbImage> {
  const { data, info } = await sharp(fileURLToPath(file))
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
