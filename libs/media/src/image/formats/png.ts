import png from '@jimp/js-png';
import type { DecodedImage } from '../decoded-image.js';
import { pngChunks, PNG_SIGNATURE_BYTES } from '../png-chunks.js';
import { viewOf } from '../byte-view.js';

const CRITICAL = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);
const GRAY = 0;

/**
 * Decodes a PNG as Pillow does. Only the critical chunks reach the decoder: texts and profiles (which may be bombs)
 * do not matter, and transparency would only replace the colour that is wanted.
 */
export function decodePng(bytes: Uint8Array): DecodedImage {
  const header = viewOf(bytes);
  const is16Bit = header.getUint8(24) === 16;
  const colourType = header.getUint8(25);
  const { width, height, data } = png().decode(criticalOnly(bytes), { skipRescale: is16Bit });
  return { width, height, channels: 4, data: is16Bit ? to8Bit(data, colourType) : data };
}

function criticalOnly(bytes: Uint8Array): Buffer {
  const kept = [bytes.subarray(0, PNG_SIGNATURE_BYTES)];
  for (const { name, whole } of pngChunks(bytes)) if (CRITICAL.has(name)) kept.push(whole);
  return Buffer.concat(kept);
}

/** Pillow keeps the high byte of 16-bit colour but clips 16-bit gray (its mode `I;16`) at 255; so do we. */
function to8Bit(samples: Uint8Array | Uint16Array, colourType: number): Uint8Array {
  const out = new Uint8Array(samples.length);
  const clip = colourType === GRAY;
  for (let i = 0; i < samples.length; i += 1) {
    const sample = samples[i] ?? 0;
    out[i] = clip ? Math.min(sample, 255) : sample >> 8;
  }
  return out;
}
