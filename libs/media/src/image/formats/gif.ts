import { GifReader } from 'omggif';
import { MediaError } from '../../media-error.js';
import type { DecodedImage } from '../decoded-image.js';

/** Decodes a GIF's first frame on its canvas as Pillow does: transparent pixels show their palette's colour. */
export function decodeGif(bytes: Uint8Array): DecodedImage {
  const reader = new GifReader(bytes);
  const { width, height } = reader;
  const { palette_offset: palette, transparent_index: transparent, data_offset: start } = reader.frameInfo(0);
  if (palette === null || !endsWithin(bytes, start)) throw new MediaError('corrupt', 'The GIF is truncated.');
  const data = new Uint8Array(width * height * 4);
  // The decoder leaves transparent pixels and those outside the frame alone: paint what shows there beforehand.
  const colour = palette + (transparent ?? 0) * 3;
  data.set(bytes.subarray(colour, colour + 3));
  for (let filled = 4; filled < data.length; filled *= 2) data.copyWithin(filled, 0, filled);
  reader.decodeAndBlitFrameRGBA(0, data);
  return { width, height, channels: 4, data };
}

/** Follows the frame's data blocks to the empty one that ends them. */
function endsWithin(bytes: Uint8Array, start: number): boolean {
  let offset = start + 1;
  for (let size = bytes[offset]; size !== undefined && size !== 0; size = bytes[offset]) offset += size + 1;
  return offset < bytes.length;
}
