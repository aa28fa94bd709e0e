import bmp from '@jimp/js-bmp';
import { viewOf } from '../byte-view.js';
import type { DecodedImage } from '../decoded-image.js';

const BIT_FIELDS = 3;
const GREEN_OF_6_BITS = 0x07e0;

/** Decodes a BMP as Pillow does. */
export function decodeBmp(bytes: Uint8Array): DecodedImage {
  const { width, height, data } = bmp().decode(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    {},
  );
  const header = viewOf(bytes);
  if (header.getUint16(28, true) === 16) {
    const greenOf6Bits =
      header.getUint32(30, true) === BIT_FIELDS && header.getUint32(58, true) === GREEN_OF_6_BITS;
    stretch16Bit(data, greenOf6Bits ? 6 : 5);
  }
  return { width, height, channels: 4, data };
}

/** The decoder only shifts 5 and 6 bit samples up, so that white is gray; stretches them to the full range. */
function stretch16Bit(rgba: Uint8Array, greenBits: 5 | 6): void {
  const stretch = (offset: number, bits: number): void => {
    const max = 2 ** bits - 1;
    for (let i = offset; i < rgba.length; i += 4)
      rgba[i] = Math.floor((((rgba[i] ?? 0) >> (8 - bits)) * 255) / max);
  };
  stretch(0, 5);
  stretch(1, greenBits);
  stretch(2, 5);
}
