import { fourCharacters, viewOf } from './byte-view.js';

/** One chunk of a PNG: its name, its body, and the whole of it with length and checksum. */
export interface PngChunk {
  readonly name: string;
  readonly body: Uint8Array;
  readonly whole: Uint8Array;
}

/** Bytes before the first chunk. */
export const PNG_SIGNATURE_BYTES = 8;

/** Lists a PNG's chunks; a damaged tail is left out. */
export function* pngChunks(png: Uint8Array): Generator<PngChunk> {
  const view = viewOf(png);
  for (let offset = PNG_SIGNATURE_BYTES; offset + 12 <= png.length;) {
    const bodyStart = offset + 8;
    const bodyEnd = bodyStart + view.getUint32(offset);
    if (bodyEnd + 4 > png.length) return;
    yield {
      name: fourCharacters(png, offset + 4),
      body: png.subarray(bodyStart, bodyEnd),
      whole: png.subarray(offset, bodyEnd + 4),
    };
    offset = bodyEnd + 4;
  }
}
