import { Tensor } from 'onnxruntime-node';
import type { ModelShape } from './runtime.js';

/**
 * Keys and values of a few sequences in every layer, f32 `[batch, kvHeads, capacity, headDim]`, as tensors that the
 * decoder graph reads and writes in place. A sequence is a row of the batch.
 */
export class KvBuffers {
  readonly batch: number;
  /** Tokens there is room for in each row. */
  readonly capacity: number;
  /** Keys, then values, of layer 0, 1, … */
  readonly tensors: readonly Tensor[];
  readonly #data: readonly Float32Array[];
  readonly #shape: ModelShape;

  constructor(shape: ModelShape, batch: number, capacity: number) {
    this.batch = batch;
    this.capacity = capacity;
    this.#shape = shape;
    const dims = [batch, shape.kvHeads, capacity, shape.headDim];
    const size = dims.reduce((product, dim) => product * dim, 1);
    this.#data = Array.from({ length: 2 * shape.layers }, () => new Float32Array(size));
    this.tensors = this.#data.map((data) => new Tensor('float32', data, dims));
  }

  /** Copies the first `length` tokens of a row of other buffers into a row of these. */
  copyRow(row: number, from: KvBuffers, fromRow: number, length: number): void {
    const { kvHeads, headDim } = this.#shape;
    for (const [index, source] of from.#data.entries()) {
      const target = this.#data[index];
      for (let head = 0; head < kvHeads; head++) {
        const start = (fromRow * kvHeads + head) * from.capacity * headDim;
        target?.set(
          source.subarray(start, start + length * headDim),
          (row * kvHeads + head) * this.capacity * headDim,
        );
      }
    }
  }
}
