import { imageSize } from 'image-size';
import { MediaError } from '../media-error.js';
import type { ImageFormat } from '../source/sniff.js';
import { viewOf } from './byte-view.js';

/** Size as the file's header claims, before orientation. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Longest side that is accepted at all: the limit of JPEG and PNG decoders. */
const MAX_SIDE = 65_535;

const PNG_BIT_DEPTH_OFFSET = 24;

/**
 * Reads an image's size without decoding it and refuses what would be too large.
 *
 * @throws MediaError `corrupt` where there is no valid header, `too-large` above the limit.
 */
export function checkImageHeader(bytes: Uint8Array, format: ImageFormat, maxPixels: number): ImageSize {
  const { width, height } = readSize(bytes);
  if (!(width > 0 && height > 0)) throw new MediaError('corrupt', 'The image has no pixels.');
  if (width * height * weightOf(bytes, format) > maxPixels || width > MAX_SIDE || height > MAX_SIDE) {
    throw new MediaError(
      'too-large',
      `The image has ${width}x${height} pixels; at most ${maxPixels} are allowed here.`,
    );
  }
  return { width, height };
}

/** Samples of 16 bits take twice the memory while they are decoded, so each such pixel counts as two. */
function weightOf(bytes: Uint8Array, format: ImageFormat): number {
  return format === 'png' && viewOf(bytes).getUint8(PNG_BIT_DEPTH_OFFSET) === 16 ? 2 : 1;
}

function readSize(bytes: Uint8Array): ImageSize {
  try {
    return imageSize(bytes);
  } catch (error) {
    throw new MediaError('corrupt', 'The image has no valid header.', { cause: error });
  }
}
