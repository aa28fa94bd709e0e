import type { TensorData, Tensors } from './graph-session.js';
import type { ModelShape } from './runtime.js';

/** How keys and values are held: as computed, or as 8-bit integers with a scale for each channel. */
export type KvCacheType = 'f32' | 'int8';

/** Sizes of the buffers of one sequence. */
export interface KvLayout extends Pick<ModelShape, 'layers' | 'kvHeads' | 'headDim'> {
  readonly type: KvCacheType;
}

/** Bytes that the keys and values of one token take. */
export function kvBytesPerToken({ layers, kvHeads, headDim, type }: KvLayout): number {
  return 2 * layers * kvHeads * headDim * (type === 'int8' ? 1 : Float32Array.BYTES_PER_ELEMENT);
}

/** One set of keys and values under the names that the decoder graph reads and writes them by. */
export interface KvTensors {
  readonly past: Tensors;
  readonly present: Tensors;
}

/** Keys, then values, of layer 0, 1, …, as the graph names them. */
export function kvName(index: number): string {
  return `${Math.floor(index / 2)}.${index % 2 === 0 ? 'key' : 'value'}`;
}

/**
 * Keys and values of a few sequences in every layer, `[batch, kvHeads, capacity, headDim]`, which the decoder graph
 * reads and writes in place. A sequence is a row of the batch.
 */
export class KvBuffers {
  readonly batch: number;
  /** Tokens there is room for in each row. Memory is taken from the system when a page of it is first written. */
  readonly capacity: number;
  readonly #data: readonly (Float32Array | Int8Array)[];
  /** The rows that were asked for last: most steps ask for the same ones. */
  #rows: { readonly from: number; readonly count: number; readonly tensors: KvTensors } | undefined;
  readonly layout: KvLayout;

  constructor(layout: KvLayout, batch: number, capacity: number) {
    this.batch = batch;
    this.capacity = capacity;
    this.layout = layout;
    const size = batch * this.#rowSize;
    this.#data = Array.from({ length: 2 * layout.layers }, () =>
      layout.type === 'int8' ? new Int8Array(size) : new Float32Array(size),
    );
  }

  /** Rows `[from, from + count)` as tensors. */
  rows(from: number, count: number): KvTensors {
    if (this.#rows?.from === from && this.#rows.count === count) return this.#rows.tensors;
    const { kvHeads, headDim } = this.layout;
    const size = this.#rowSize;
    const past: Record<string, TensorData> = {};
    const present: Record<string, TensorData> = {};
    for (const [index, whole] of this.#data.entries()) {
      const data = whole.subarray(from * size, (from + count) * size);
      const tensor: TensorData = {
        data,
        dims: [count, kvHeads, this.capacity, headDim],
        isLasting: true,
      };
      past[`past_key_values.${kvName(index)}`] = tensor;
      present[`present.${kvName(index)}`] = tensor;
    }
    this.#rows = { from, count, tensors: { past, present } };
    return this.#rows.tensors;
  }

  /** Copies the first `length` tokens of a row of other buffers into a row of these. */
  copyRow(row: number, from: KvBuffers, fromRow: number, length: number): void {
    const { kvHeads, headDim } = this.layout;
    for (const [index, source] of from.#data.entries()) {
      for (let head = 0; head < kvHeads; head++) {
        const start = (fromRow * kvHeads + head) * from.capacity * headDim;
        this.#data[index]?.set(
          source.subarray(start, start + length * headDim),
          (row * kvHeads + head) * this.capacity * headDim,
        );
      }
    }
  }

  /** Largest magnitude of each channel over the first `length` tokens of row 0, `[kvHeads * headDim]` a tensor. */
  largest(length: number): Float32Array[] {
    const { kvHeads, headDim } = this.layout;
    return this.#data.map((data) => {
      const found = new Float32Array(kvHeads * headDim);
      for (let head = 0; head < kvHeads; head++) {
        const start = head * this.capacity * headDim;
        for (let index = 0; index < length * headDim; index++) {
          const channel = head * headDim + (index % headDim);
          found[channel] = Math.max(found[channel] ?? 0, Math.abs(data[start + index] ?? 0));
        }
      }
      return found;
    });
  }

  get #rowSize(): number {
    return this.layout.kvHeads * this.capacity * this.layout.headDim;
  }
}
