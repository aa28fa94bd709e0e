import decodeBaseline, { init } from '@jsquash/jpeg/decode.js';
import { MediaError } from '../../media-error.js';
import type { DecodedImage } from '../decoded-image.js';
import { isFrameHeader, jpegSegments } from '../jpeg-segments.js';
import { decodeCmykJpeg } from './cmyk-jpeg/decode-cmyk-jpeg.js';
import { WasmImageDecoder } from './wasm-decoder.js';

const mozjpeg = new WasmImageDecoder(
  { init, decode: decodeBaseline },
  '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
);

/** Decodes a JPEG bit for bit as libjpeg-turbo (Pillow) does, orientation not applied. */
export async function decodeJpeg(bytes: Uint8Array): Promise<DecodedImage> {
  const { components, scanStart } = readHeader(bytes);
  if (!hasEndMarker(bytes, scanStart)) throw new MediaError('corrupt', 'The JPEG is truncated.');
  if (components === 4) return decodeCmykJpeg(bytes);
  return { ...(await mozjpeg.decode(bytes)), channels: 4 };
}

function readHeader(bytes: Uint8Array): { components: number; scanStart: number } {
  let components = 0;
  let scanStart = 0;
  for (const { marker, body, end } of jpegSegments(bytes)) {
    if (isFrameHeader(marker)) components = body[5] ?? 0;
    scanStart = end;
  }
  return { components, scanStart };
}

/** libjpeg makes up what is missing at the end; Pillow refuses such a file. */
function hasEndMarker(bytes: Uint8Array, from: number): boolean {
  for (let i = bytes.length - 2; i >= from; i -= 1)
    if (bytes[i] === 0xff && bytes[i + 1] === 0xd9) return true;
  return false;
}
