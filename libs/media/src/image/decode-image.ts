import { MediaError } from '../media-error.js';
import type { RgbImage } from '../pixels.js';
import type { ImageFormat } from '../source/sniff.js';
import { toRgb, type DecodedImage } from './decoded-image.js';
import { decodeAvif } from './formats/avif.js';
import { decodeBmp } from './formats/bmp.js';
import { decodeGif } from './formats/gif.js';
import { decodeJpeg } from './formats/jpeg.js';
import { decodePng } from './formats/png.js';
import { decodeTiff } from './formats/tiff.js';
import { decodeWebp } from './formats/webp.js';
import { orient } from './orient.js';
import { readOrientation } from './read-orientation.js';

const DECODERS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => DecodedImage | Promise<DecodedImage>>> = {
  jpeg: decodeJpeg,
  png: decodePng,
  webp: decodeWebp,
  avif: decodeAvif,
  gif: decodeGif,
  bmp: decodeBmp,
  tiff: decodeTiff,
};

/**
 * Decodes an image to upright RGB, as the checkpoint's processor gets it from Pillow: EXIF orientation applied, then
 * alpha dropped. Blocks its thread, and trusts the header, which has to be checked before: run it in a worker.
 *
 * @throws MediaError `corrupt`.
 */
export async function decodeImage(
  bytes: Uint8Array,
  format: ImageFormat,
  maxPixels: number,
): Promise<RgbImage> {
  const decoded = await decodeOrRefuse(bytes, format);
  const { width, height, channels, data } = decoded;
  if (width * height > maxPixels || data.length < width * height * channels) {
    throw new MediaError('corrupt', 'The image is not what its header says.');
  }
  return orient(toRgb(decoded), readOrientation(bytes, format));
}

async function decodeOrRefuse(bytes: Uint8Array, format: ImageFormat): Promise<DecodedImage> {
  try {
    return await DECODERS[format](bytes);
  } catch (error) {
    if (MediaError.isInstance(error)) throw error;
    throw new MediaError(
      'corrupt',
      `The ${format.toUpperCase()} image is damaged or of a kind that is not read.`,
      {
        cause: error,
      },
    );
  }
}
