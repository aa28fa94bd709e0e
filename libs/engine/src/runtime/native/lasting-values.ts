import type { TensorData } from '../graph-session.js';
import type { OrtLibrary, Pointer } from './ort-library.js';

/**
 * Tensor values that are made once for tensors that come with many runs, and freed some time after the tensor is
 * garbage. A value holds no numbers: it lies over the tensor's memory.
 */
export class LastingValues {
  readonly #library: OrtLibrary;
  readonly #values = new WeakMap<TensorData, Pointer>();
  readonly #garbage: FinalizationRegistry<Pointer>;

  constructor(library: OrtLibrary) {
    this.#library = library;
    this.#garbage = new FinalizationRegistry((value) => {
      library.releaseValue(value);
    });
  }

  of(tensor: TensorData): Pointer {
    const known = this.#values.get(tensor);
    if (known !== undefined) return known;
    const value = this.#library.createValue(tensor);
    this.#values.set(tensor, value);
    this.#garbage.register(tensor, value);
    return value;
  }
}
