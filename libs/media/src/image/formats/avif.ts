import decode, { init } from '@jsquash/avif/decode.js';
import type { DecodedImage } from '../decoded-image.js';
import { WasmImageDecoder } from './wasm-decoder.js';

const libavif = new WasmImageDecoder({ init, decode }, '@jsquash/avif/codec/dec/avif_dec.wasm');

/**
 * Decodes an AVIF within 2 levels of Pillow, rotation not applied. Where the width is odd and the chroma subsampled,
 * the last column alone differs by more.
 */
export async function decodeAvif(bytes: Uint8Array): Promise<DecodedImage> {
  return { ...(await libavif.decode(bytes)), channels: 4 };
}
