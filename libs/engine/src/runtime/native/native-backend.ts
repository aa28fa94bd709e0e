import type { GraphBackend, GraphSession, TensorData, Tensors } from '../graph-session.js';
import { LastingValues } from './lasting-values.js';
import { OrtLibrary, type Pointer } from './ort-library.js';

/**
 * The C interface of onnxruntime. Tensors lie over JavaScript's arrays, so that nothing is copied; they live for one
 * run, lasting ones as long as their arrays. A mistake of the library is a crash of the process: the engine runs this
 * backend in a process of its own.
 *
 * @param library default: the one that onnxruntime-node ships
 * @param hasOperators false: graphs use onnxruntime's operators alone, to compare with. Default: the engine's own where
 * there are any for this machine
 * @throws Error when koffi or the library is not there, or is of another release
 */
export function nativeBackend(
  library = OrtLibrary.open(),
  hasOperators = library.hasOperators,
): GraphBackend {
  const lasting = new LastingValues(library);
  return {
    name: 'native',
    copiesOutputs: false,
    hasOperators,
    blockMaxima: hasOperators ? library.blockMaxima : undefined,
    open: async (path, threads) =>
      new NativeSession(library, lasting, await library.createSession(path, threads)),
  };
}

class NativeSession implements GraphSession {
  readonly #library: OrtLibrary;
  readonly #lasting: LastingValues;
  #session: Pointer | undefined;

  constructor(library: OrtLibrary, lasting: LastingValues, session: Pointer) {
    this.#library = library;
    this.#lasting = lasting;
    this.#session = session;
  }

  run(inputs: Tensors, outputs: Tensors): Promise<void> {
    return Promise.resolve().then(() => {
      this.#run(inputs, outputs);
    });
  }

  #run(inputs: Tensors, outputs: Tensors): void {
    if (this.#session === undefined) throw new Error('the session was released');
    const made: Pointer[] = [];
    const valueOf = (tensor: TensorData): Pointer => {
      if (tensor.isLasting === true) return this.#lasting.of(tensor);
      const value = this.#library.createValue(tensor);
      made.push(value);
      return value;
    };
    const valuesOf = (tensors: Tensors): Map<string, Pointer> =>
      new Map(Object.entries(tensors).map(([name, tensor]) => [name, valueOf(tensor)]));
    try {
      this.#library.run(this.#session, valuesOf(inputs), valuesOf(outputs));
    } finally {
      for (const value of made) this.#library.releaseValue(value);
    }
  }

  release(): Promise<void> {
    if (this.#session !== undefined) this.#library.releaseSession(this.#session);
    this.#session = undefined;
    return Promise.resolve();
  }
}
