import type { Orientation } from './orient.js';
import { viewOf } from './byte-view.js';

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/**
 * Reads the orientation from the first directory of a TIFF structure, the form that EXIF has too.
 *
 * @returns 1 where there is none or the structure is damaged.
 */
export function readTiffOrientation(bytes: Uint8Array): Orientation {
  if (bytes.length < 8) return 1;
  const view = viewOf(bytes);
  const littleEndian = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, littleEndian);
  if (directory + 2 > bytes.length) return 1;
  const entries = Math.min(
    view.getUint16(directory, littleEndian),
    Math.floor((bytes.length - directory - 2) / 12),
  );
  for (let i = 0; i < entries; i += 1) {
    const entry = directory + 2 + i * 12;
    if (view.getUint16(entry, littleEndian) !== ORIENTATION_TAG) continue;
    const value =
      view.getUint16(entry + 2, littleEndian) === SHORT ? view.getUint16(entry + 8, littleEndian) : 1;
    return isOrientation(value) ? value : 1;
  }
  return 1;
}

function isOrientation(value: number): value is Orientation {
  return value >= 1 && value <= 8;
}
