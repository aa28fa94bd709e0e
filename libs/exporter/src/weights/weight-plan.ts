import type { DataType } from '../onnx/proto.js';
import { zeroBytes } from './quantise-blocks.js';
import type { WeightTransform } from './weight-transform.js';

/**
 * How a weight is stored. `blocks`: rows are cut in blocks, each with one f32 scale and, with 4 bits, a zero point
 * (MatMulNBits). `rotated`: columns are mixed within groups, then each row is rounded with one scale, and the matrix is
 * turned over (MatMulInteger).
 */
export type Encoding =
  | { readonly kind: 'f32' }
  | { readonly kind: 'f16' }
  | { readonly kind: 'blocks'; readonly bits: 4 | 8; readonly blockSize: number }
  | { readonly kind: 'rotated'; readonly group: number };

/** A tensor in an external data file. */
export interface StoredTensor {
  readonly dataType: DataType;
  readonly dims: readonly number[];
  /** Data file, in the folder of the graphs. */
  readonly file: string;
  /** Bytes from the file's start. */
  readonly offset: number;
  readonly bytes: number;
}

/** A checkpoint tensor on its way into a data file, seen as a matrix `[rows, columns]`. */
export interface PlannedWeight {
  /** Name in the checkpoint. */
  readonly source: string;
  /** Shape it must have there. */
  readonly sourceShape: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly encoding: Encoding;
  /** What is done to it before. */
  readonly transform?: WeightTransform | undefined;
  /** The values; for block formats the packed integers, rows padded to whole blocks. */
  readonly values: StoredTensor;
  /** One scale a block, f32 `[rows, blocks]`; of a rotated weight one a row, `[rows]`. */
  readonly scales?: StoredTensor;
  /** For 4-bit blocks: the integer of each that stands for 0, two a byte, `[rows, blocks / 2]` rounded up. */
  readonly zeros?: StoredTensor;
}

/** Offsets are multiples of a cache line, so that vector loads never straddle one. */
const ALIGNMENT = 64;

/** Smallest block of `MatMulNBits` in use. */
const LEAST_BLOCK = 32;

/**
 * Blocks of the size that was asked for, or the next smaller one that fills rows of so many columns; where none does,
 * rows are padded.
 */
export function fitBlocks(encoding: Encoding, columns: number): Encoding {
  if (encoding.kind !== 'blocks' || columns % LEAST_BLOCK !== 0) return encoding;
  let { blockSize } = encoding;
  while (columns % blockSize !== 0) blockSize /= 2;
  return { ...encoding, blockSize };
}

/** Lays weights out in one data file, before any of them has been read. */
export class DataFilePlan {
  readonly weights: PlannedWeight[] = [];
  readonly file: string;
  #bytes = 0;

  constructor(file: string) {
    this.file = file;
  }

  /** Size of the file, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Reserves room for a tensor of the checkpoint. `shape` is its shape there; all but the first axis are columns. */
  add(
    source: string,
    shape: readonly number[],
    encoding: Encoding,
    transform?: WeightTransform,
  ): PlannedWeight {
    const rows = shape.length > 1 ? (shape[0] ?? 1) : 1;
    const columns = shape.reduce((product, axis) => product * axis, 1) / rows;
    const fitting = fitBlocks(encoding, columns);
    const base = { source, sourceShape: shape, rows, columns, encoding: fitting, transform };
    const weight = this.#place(base, fitting);
    this.weights.push(weight);
    return weight;
  }

  /**
   * Reserves room for matrices of as many columns one below the other, so that they can be used as a single one, which
   * is returned. Each of them is written as if it stood alone.
   */
  addStacked(
    parts: readonly { readonly source: string; readonly rows: number }[],
    columns: number,
    encoding: Encoding,
    transform?: WeightTransform,
  ): PlannedWeight {
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    const source = parts.map((part) => part.source).join('+');
    const whole = this.add(source, [rows, columns], encoding, transform);
    this.weights.pop();
    let row = 0;
    for (const part of parts) {
      const own = { ...whole, ...part, sourceShape: [part.rows, columns] };
      const values = rowsOf(whole.values, rows, row, part.rows);
      const scales = whole.scales && { scales: rowsOf(whole.scales, rows, row, part.rows) };
      const zeros = whole.zeros && { zeros: rowsOf(whole.zeros, rows, row, part.rows) };
      this.weights.push({ ...own, values, ...scales, ...zeros });
      row += part.rows;
    }
    return whole;
  }

  #place(weight: Omit<PlannedWeight, 'values'>, encoding: Encoding): PlannedWeight {
    if (encoding.kind === 'blocks') return this.#addBlocks(weight, encoding);
    return encoding.kind === 'rotated' ? this.#addRotated(weight) : this.#addPlain(weight);
  }

  #addRotated(weight: Omit<PlannedWeight, 'values'>): PlannedWeight {
    const { rows, columns } = weight;
    return {
      ...weight,
      values: this.#reserve('i8', [columns, rows], columns * rows),
      scales: this.#reserve('f32', [rows], rows * 4),
    };
  }

  #addPlain(weight: Omit<PlannedWeight, 'values'>): PlannedWeight {
    const dataType = weight.encoding.kind === 'f16' ? 'f16' : 'f32';
    const bytes = weight.rows * weight.columns * (dataType === 'f16' ? 2 : 4);
    return { ...weight, values: this.#reserve(dataType, weight.sourceShape, bytes) };
  }

  #addBlocks(
    weight: Omit<PlannedWeight, 'values'>,
    { bits, blockSize }: { bits: 4 | 8; blockSize: number },
  ): PlannedWeight {
    const blocks = Math.ceil(weight.columns / blockSize);
    const blockBytes = (blockSize * bits) / 8;
    const packed = zeroBytes(bits, blocks);
    const { rows } = weight;
    return {
      ...weight,
      values: this.#reserve('u8', [rows, blocks, blockBytes], rows * blocks * blockBytes),
      scales: this.#reserve('f32', [rows, blocks], rows * blocks * 4),
      ...(bits === 4 ? { zeros: this.#reserve('u8', [rows, packed], rows * packed) } : {}),
    };
  }

  #reserve(dataType: DataType, dims: readonly number[], bytes: number): StoredTensor {
    const offset = Math.ceil(this.#bytes / ALIGNMENT) * ALIGNMENT;
    this.#bytes = offset + bytes;
    return { dataType, dims, file: this.file, offset, bytes };
  }
}

/** Rows `[from, from + count)` of a tensor of `rows` rows. */
function rowsOf(tensor: StoredTensor, rows: number, from: number, count: number): StoredTensor {
  const rowBytes = tensor.bytes / rows;
  return {
    ...tensor,
    dims: [count, ...tensor.dims.slice(1)],
    offset: tensor.offset + from * rowBytes,
    bytes: count * rowBytes,
  };
}
