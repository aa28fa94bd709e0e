import type { ImageFormat } from '../source/sniff.js';
import { readAvifOrientation } from './avif-orientation.js';
import { jpegSegments } from './jpeg-segments.js';
import type { Orientation } from './orient.js';
import { pngChunks } from './png-chunks.js';
import { riffChunks } from './riff-chunks.js';
import { readTiffOrientation } from './tiff-orientation.js';

const APP1 = 0xe1;
const EXIF_MARK = 'Exif\0\0';

/** Reads how an image is to be turned upright, from wherever its format keeps that; 1 where nothing is said. */
export function readOrientation(bytes: Uint8Array, format: ImageFormat): Orientation {
  switch (format) {
    case 'jpeg':
      for (const { marker, body } of jpegSegments(bytes)) {
        if (marker === APP1 && startsWithExifMark(body)) return readTiffOrientation(withoutExifMark(body));
      }
      return 1;
    case 'png':
      for (const { name, body } of pngChunks(bytes))
        if (name === 'eXIf') return readTiffOrientation(withoutExifMark(body));
      return 1;
    case 'webp':
      for (const { name, body } of riffChunks(bytes.subarray(12))) {
        if (name === 'EXIF') return readTiffOrientation(withoutExifMark(body));
      }
      return 1;
    case 'tiff':
      return readTiffOrientation(bytes);
    case 'avif':
      return readAvifOrientation(bytes);
    case 'gif':
    case 'bmp':
      return 1;
  }
}

function startsWithExifMark(body: Uint8Array): boolean {
  return String.fromCharCode(...body.subarray(0, EXIF_MARK.length)) === EXIF_MARK;
}

/** Some writers put JPEG's mark in front of EXIF in PNG and WebP too. */
function withoutExifMark(body: Uint8Array): Uint8Array {
  return startsWithExifMark(body) ? body.subarray(EXIF_MARK.length) : body;
}
