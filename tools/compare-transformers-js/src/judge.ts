import { createHash } from 'node:crypto';
import { equal, judgeNumbers, type Attempt } from './cell.js';
import type { LibraryResult } from './library.js';
import type { ReferenceCase } from './reference.js';

/** `<|image_pad|>`: counted where the golden data has no whole prompt. */
const imagePad = 151655;

/** The cells of one row for one library: grids, pixels, prompt tokens, positions. */
export function judge(result: LibraryResult, input: ReferenceCase, exactPixels: Float32Array[]): string[] {
  return [
    cell(result.grids, (grids) => judgeGrids(grids, [...input.imageGrids, ...input.videoGrids])),
    cell(result.pixels, (pixels) => judgePixels(pixels, input.patchHashes, exactPixels)),
    cell(result.ids, (ids) => judgeIds(ids, input)),
    result.positions ? cell(result.positions, (positions) => judgePositions(positions, input)) : '–',
  ];
}

function cell<T>(result: Attempt<T>, text: (value: T) => string): string {
  return 'value' in result ? text(result.value) : result.error;
}

function judgeGrids(grids: number[][], expected: readonly number[][]): string {
  if (expected.length === 0) return '–';
  const written = (list: readonly number[][]): string => list.map((grid) => grid.join('×')).join(', ');
  return written(grids) === written(expected)
    ? equal
    : `${written(grids) || 'none'} for ${written(expected)}`;
}

/** Bytes of normalised rows: the inverse of `(byte - 127.5) / 127.5`. */
const toBytes = (rows: Float32Array): Uint8Array =>
  Uint8Array.from(rows, (value) => Math.round(value * 127.5 + 127.5));

function judgePixels(
  pixels: Float32Array[],
  hashes: ReferenceCase['patchHashes'],
  exact: Float32Array[],
): string {
  if (hashes.length === 0) return '–';
  if (pixels.length !== hashes.length) return `${pixels.length} picture for ${hashes.length}`;
  const cells = pixels.map((rows, index) => {
    const bytes = toBytes(rows);
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (hashes[index]?.includes(hash)) return 'bit-exact';
    return distance(bytes, toBytes(exact[index] ?? new Float32Array()));
  });
  return cells.every((text) => text === cells[0]) ? (cells[0] ?? 'none') : cells.join('; ');
}

/** How far bytes are from those of the reference's resize. */
function distance(bytes: Uint8Array, exact: Uint8Array): string {
  if (bytes.length !== exact.length) return 'other size';
  let largest = 0;
  let sum = 0;
  bytes.forEach((byte, i) => {
    const levels = Math.abs(byte - (exact[i] ?? 0));
    largest = Math.max(largest, levels);
    sum += levels;
  });
  return `off by up to ${largest} levels, mean ${(sum / bytes.length).toFixed(2)}`;
}

function judgeIds(ids: number[], { prompt, imageGrids }: ReferenceCase): string {
  if (prompt) return judgeNumbers(ids, prompt.ids);
  const expected = imageGrids.reduce((sum, [, h = 0, w = 0]) => sum + (h * w) / 4, 0);
  const pads = ids.filter((id) => id === imagePad).length;
  return pads === expected ? equal : `${pads} image tokens for ${expected}`;
}

function judgePositions(
  { positions, ropeDelta }: { positions: number[]; ropeDelta: number },
  { prompt }: ReferenceCase,
): string {
  if (!prompt) return '–';
  const judged = judgeNumbers(positions, prompt.positions);
  if (ropeDelta === prompt.ropeDelta) return judged;
  return `${judged}, but delta ${ropeDelta} for ${prompt.ropeDelta}`;
}
