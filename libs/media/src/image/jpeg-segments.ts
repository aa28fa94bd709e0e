import { viewOf } from './byte-view.js';

/** One marker segment of a JPEG header. */
export interface JpegSegment {
  /** The marker's second byte: 0xE1 is APP1, 0xDA the start of the first scan. */
  readonly marker: number;
  readonly body: Uint8Array;
  /** Offset of the byte after the segment. */
  readonly end: number;
}

const START_OF_SCAN = 0xda;

/**
 * Lists a JPEG's segments up to the start of the next scan; a damaged tail is left out.
 *
 * @param from offset of the first one's marker; by default the beginning of the file.
 */
export function* jpegSegments(jpeg: Uint8Array, from = 2): Generator<JpegSegment> {
  const view = viewOf(jpeg);
  for (let offset = from; offset + 4 <= jpeg.length;) {
    if (jpeg[offset] !== 0xff) return;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset += 1; // fill byte
      continue;
    }
    const end = offset + 2 + view.getUint16(offset + 2);
    if (end > jpeg.length) return;
    yield { marker, body: jpeg.subarray(offset + 4, end), end };
    if (marker === START_OF_SCAN) return;
    offset = end;
  }
}

/** Offset of the marker that ends a scan's coded bits; restart markers belong to them. */
export function endOfScan(jpeg: Uint8Array, from: number): number {
  for (let i = from; i + 1 < jpeg.length; i += 1) {
    const code = jpeg[i + 1] ?? 0;
    if (jpeg[i] === 0xff && code !== 0 && code !== 0xff && !(code >= 0xd0 && code <= 0xd7)) return i;
  }
  return jpeg.length;
}

/** True for the markers that hold the frame's size and components (SOF0 to SOF15). */
export function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
