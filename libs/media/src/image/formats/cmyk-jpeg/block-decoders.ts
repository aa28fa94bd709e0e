import { ZIGZAG } from './component.js';
import type { BitReader } from './bit-reader.js';
import type { HuffmanTable } from './huffman-table.js';

/** What a scan codes: a band of coefficients, at a precision that later scans may refine (T.81, annex G). */
export interface Band {
  readonly start: number;
  readonly end: number;
  /** Bit position of this scan and, in a refinement, of the one before; 0 in a first scan. */
  readonly low: number;
  readonly high: number;
}

/** A component's state during a scan. */
export interface BlockState {
  readonly coefficients: Int16Array;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  /** DC value of the block before. */
  prediction: number;
}

/** State that all blocks of a scan share. */
export interface ScanState {
  readonly reader: BitReader;
  readonly band: Band;
  /** Blocks ahead that have no more coefficients in this band. */
  endOfBandRun: number;
}

/** Decodes one block, whose coefficients start at the offset. */
export type BlockDecoder = (scan: ScanState, block: BlockState, offset: number) => void;

/** All coefficients at once (sequential JPEG). */
export const decodeSequential: BlockDecoder = (scan, block, offset) => {
  decodeFirstDc(scan, block, offset);
  for (let k = 1; k < 64; k += 1) {
    const symbol = block.ac?.decode(scan.reader) ?? 0;
    const size = symbol & 15;
    if (size === 0 && symbol < 0xf0) return;
    k += symbol >> 4;
    if (size > 0) put(block, offset, k, scan.reader.signed(size));
  }
};

/** The DC coefficient without its low bits. */
export const decodeFirstDc: BlockDecoder = (scan, block, offset) => {
  block.prediction += scan.reader.signed(block.dc?.decode(scan.reader) ?? 0);
  block.coefficients[offset] = block.prediction << scan.band.low;
};

/** One more bit of the DC coefficient. */
export const refineDc: BlockDecoder = (scan, block, offset) => {
  if (scan.reader.bit() === 1)
    block.coefficients[offset] = (block.coefficients[offset] ?? 0) | (1 << scan.band.low);
};

/** A band of AC coefficients without their low bits. */
export const decodeFirstAc: BlockDecoder = (scan, block, offset) => {
  const { reader, band } = scan;
  if (scan.endOfBandRun > 0) {
    scan.endOfBandRun -= 1;
    return;
  }
  for (let k = band.start; k <= band.end; k += 1) {
    const symbol = block.ac?.decode(reader) ?? 0;
    const run = symbol >> 4;
    const size = symbol & 15;
    if (size === 0 && run < 15) {
      scan.endOfBandRun = (1 << run) + reader.bits(run) - 1;
      return;
    }
    k += run;
    if (size > 0) put(block, offset, k, reader.signed(size) * (1 << band.low));
  }
};

/** One more bit of a band of AC coefficients; those that were zero may become 1 or -1 at this bit. */
export const refineAc: BlockDecoder = (scan, block, offset) => {
  const { reader, band } = scan;
  let k = band.start;
  while (k <= band.end && scan.endOfBandRun === 0) {
    const symbol = block.ac?.decode(reader) ?? 0;
    const run = symbol >> 4;
    const size = symbol & 15;
    if (size === 0 && run < 15) {
      scan.endOfBandRun = (1 << run) + reader.bits(run);
      break;
    }
    const fresh = size === 0 ? 0 : reader.bit() === 1 ? 1 << band.low : -(1 << band.low);
    k = refineUntil(scan, block, offset, k, run);
    if (fresh !== 0) put(block, offset, k, fresh);
    k += 1;
  }
  if (scan.endOfBandRun > 0) {
    refineUntil(scan, block, offset, k, 64);
    scan.endOfBandRun -= 1;
  }
};

/** Refines the coefficients that are not zero, up to the zero that follows so many others; gives its position. */
function refineUntil(
  scan: ScanState,
  block: BlockState,
  offset: number,
  from: number,
  zeros: number,
): number {
  const { reader, band } = scan;
  let left = zeros;
  let k = from;
  for (; k <= band.end; k += 1) {
    const at = offset + (ZIGZAG[k] ?? 0);
    const value = block.coefficients[at] ?? 0;
    if (value === 0) {
      if (left === 0) break;
      left -= 1;
    } else if (reader.bit() === 1 && (Math.abs(value) & (1 << band.low)) === 0) {
      block.coefficients[at] = value + Math.sign(value) * (1 << band.low);
    }
  }
  return k;
}

function put(block: BlockState, offset: number, k: number, value: number): void {
  const at = ZIGZAG[k];
  if (at !== undefined) block.coefficients[offset + at] = value;
}
