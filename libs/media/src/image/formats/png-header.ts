import { crc32, inflateSync } from 'node:zlib';
import { MediaError } from '../../media-error.js';
import { viewOf } from '../byte-view.js';
import { pngChunks } from '../png-chunks.js';

/** PNG's colour types. */
export const GRAY = 0;
export const RGB = 2;
export const PALETTE = 3;

/** Samples a pixel of each colour type. */
const SAMPLES: Readonly<Record<number, number>> = { [GRAY]: 1, [RGB]: 3, [PALETTE]: 1, 4: 2, 6: 4 };
const BIT_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [GRAY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** What a PNG holds, apart from its pixels' values. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colourType: number;
  /** Samples a pixel, alpha included. */
  readonly samples: number;
  readonly interlaced: boolean;
}

/** One of the images that a PNG consists of: the whole, or one of the seven of an interlaced one. */
export interface PngPass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  /** Size of the pass in its own pixels. */
  readonly columns: number;
  readonly rows: number;
  /** Bytes of one row without its filter byte. */
  readonly rowBytes: number;
}

/** Offset and step of Adam7's passes: x, y, step in x, step in y. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Checks and reads the header chunk's body (PNG specification, 11.2.2). */
export function readPngHeader(body: Uint8Array): PngHeader {
  const view = viewOf(body);
  const bitDepth = view.getUint8(8);
  const colourType = view.getUint8(9);
  const samples = SAMPLES[colourType];
  if (samples === undefined || BIT_DEPTHS[colourType]?.includes(bitDepth) !== true) {
    throw new MediaError('corrupt', 'The PNG has an impossible kind of pixels.');
  }
  const interlaced = view.getUint8(12) === 1;
  return { width: view.getUint32(0), height: view.getUint32(4), bitDepth, colourType, samples, interlaced };
}

/** Lists the images that lie behind each other in a PNG's data. */
export function pngPasses(header: PngHeader): PngPass[] {
  const layout = header.interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return layout
    .map(([x, y, stepX, stepY]) => {
      const columns = Math.ceil((header.width - x) / stepX);
      const rows = Math.ceil((header.height - y) / stepY);
      const rowBytes = Math.ceil((columns * header.samples * header.bitDepth) / 8);
      return { x, y, stepX, stepY, columns, rows, rowBytes };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** A PNG taken apart. */
export interface PngContent {
  readonly header: PngHeader;
  readonly passes: readonly PngPass[];
  /** Three bytes an entry. */
  readonly palette: Uint8Array;
  /** The filtered rows of all passes, a filter byte before each. */
  readonly rows: Uint8Array;
}

/** Data beyond the last row is tolerated up to so many bytes. */
const SLACK_BYTES = 65_536;

/**
 * Reads the critical chunks and inflates the pixels, never to more than the header announces.
 *
 * @throws MediaError `corrupt`; zlib's errors.
 */
export function readPng(bytes: Uint8Array): PngContent {
  const data: Uint8Array[] = [];
  let header: PngHeader | undefined;
  let palette: Uint8Array = new Uint8Array();
  for (const { name, body, whole } of pngChunks(bytes)) {
    if (!['IHDR', 'PLTE', 'IDAT'].includes(name)) continue;
    if (crc32(whole.subarray(4, -4)) !== viewOf(whole).getUint32(whole.length - 4)) {
      throw new MediaError('corrupt', 'The PNG has a wrong checksum.');
    }
    if (name === 'IHDR') header ??= readPngHeader(body);
    else if (name === 'PLTE') palette = body;
    else data.push(body);
  }
  if (header === undefined) throw new MediaError('corrupt', 'The PNG has no header.');
  const passes = pngPasses(header);
  const expected = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (rowBytes + 1), 0);
  const rows = inflateSync(Buffer.concat(data), { maxOutputLength: expected + SLACK_BYTES });
  if (rows.length < expected) throw new MediaError('corrupt', 'The PNG is truncated.');
  return { header, passes, palette, rows };
}
