import { MediaError } from '../../../media-error.js';
import { BitReader } from './bit-reader.js';
import {
  decodeFirstAc,
  decodeFirstDc,
  decodeSequential,
  refineAc,
  refineDc,
  type Band,
  type BlockDecoder,
  type BlockState,
} from './block-decoders.js';
import type { Component } from './component.js';
import type { Frame } from './frame.js';
import type { HuffmanTable } from './huffman-table.js';

/** Huffman tables by their number, for DC and AC coefficients. */
export interface HuffmanTables {
  readonly dc: readonly (HuffmanTable | undefined)[];
  readonly ac: readonly (HuffmanTable | undefined)[];
}

/**
 * Decodes one scan into its components' coefficients.
 *
 * @param header body of the scan's header (T.81, B.2.3).
 * @param offset where the coded bits start.
 * @param restartInterval units between restart markers, 0 for none.
 */
export function decodeScan(
  bytes: Uint8Array,
  offset: number,
  header: Uint8Array,
  frame: Frame,
  tables: HuffmanTables,
  restartInterval: number,
): void {
  const count = header[0] ?? 0;
  const members = Array.from({ length: count }, (_, i) => {
    const component = frame.components.find(({ id }) => id === header[1 + i * 2]);
    if (component === undefined)
      throw new MediaError('corrupt', 'The JPEG has a scan of an unknown component.');
    const numbers = header[2 + i * 2] ?? 0;
    const state: BlockState = {
      coefficients: component.coefficients,
      dc: tables.dc[numbers >> 4],
      ac: tables.ac[numbers & 15],
      prediction: 0,
    };
    return { component, state };
  });
  const [start = 0, end = 63, precision = 0] = header.subarray(1 + count * 2);
  const band: Band = { start, end: Math.min(end, 63), high: precision >> 4, low: precision & 15 };
  const decodeBlock = blockDecoder(frame.progressive, band);
  const scan = { reader: new BitReader(bytes, offset), band, endOfBandRun: 0 };
  const layout = layoutOf(frame, members);
  let unit = 0;
  for (let y = 0; y < layout.rows; y += 1) {
    for (let x = 0; x < layout.columns; x += 1, unit += 1) {
      if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) {
        scan.reader.restart();
        scan.endOfBandRun = 0;
        for (const { state } of members) state.prediction = 0;
      }
      for (const block of layout.blocks) {
        decodeBlock(scan, block.state, (block.first + y * block.perRow + x * block.perColumn) * 64);
      }
    }
  }
}

function blockDecoder(progressive: boolean, { start, high }: Band): BlockDecoder {
  if (!progressive) return decodeSequential;
  if (start === 0) return high === 0 ? decodeFirstDc : refineDc;
  return high === 0 ? decodeFirstAc : refineAc;
}

interface Member {
  readonly component: Component;
  readonly state: BlockState;
}

/** How a scan walks over blocks: unit by unit, in each unit some blocks. */
interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly blocks: readonly {
    readonly state: BlockState;
    /** Block in the first unit, and its distance to the one in the next unit to the right and below. */
    readonly first: number;
    readonly perColumn: number;
    readonly perRow: number;
  }[];
}

/** A component alone goes block by block; several share units of `h` x `v` blocks each. */
function layoutOf(frame: Frame, members: readonly Member[]): Layout {
  const [only, ...others] = members;
  if (only !== undefined && others.length === 0) {
    const { columns, rows, stride } = only.component;
    return { columns, rows, blocks: [{ state: only.state, first: 0, perColumn: 1, perRow: stride }] };
  }
  const blocks = members.flatMap(({ component: { h, v, stride }, state }) =>
    Array.from({ length: h * v }, (_, i) => ({
      state,
      first: Math.floor(i / h) * stride + (i % h),
      perColumn: h,
      perRow: v * stride,
    })),
  );
  return { columns: frame.unitColumns, rows: frame.unitRows, blocks };
}
