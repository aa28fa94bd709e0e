import type { GraphBackend, GraphSession, TensorData, Tensors } from '../graph-session.js';
import { OrtLibrary, type Pointer } from './ort-library.js';

/**
 * The C interface of onnxruntime. Tensors lie over JavaScript's arrays, so that nothing is copied; they live for one
 * run. A mistake of the library is a crash of the process: the engine runs this backend in a process of its own.
 *
 * @param library default: the one that onnxruntime-node ships
 * @param hasOperators false: graphs use onnxruntime's products, to compare with. Default: the engine's own where there
 * are any for this machine
 * @throws Error when koffi or the library is not there, or is of another release
 */
export function nativeBackend(
  library = OrtLibrary.open(),
  hasOperators = library.hasOperators,
): GraphBackend {
  return {
    name: 'native',
    copiesOutputs: false,
    hasOperators,
    open: async (path, threads) => new NativeSession(library, await library.createSession(path, threads)),
  };
}

class NativeSession implements GraphSession {
  readonly #library: OrtLibrary;
  #session: Pointer | undefined;

  constructor(library: OrtLibrary, session: Pointer) {
    this.#library = library;
    this.#session = session;
  }

  run(inputs: Tensors, outputs: Tensors): Promise<void> {
    return Promise.resolve().then(() => {
      this.#run(inputs, outputs);
    });
  }

  #run(inputs: Tensors, outputs: Tensors): void {
    if (this.#session === undefined) throw new Error('the session was released');
    const values = new Map<TensorData, Pointer>();
    const own = (tensors: Tensors): Map<string, Pointer> =>
      new Map(
        Object.entries(tensors).map(([name, tensor]) => {
          const value = values.get(tensor) ?? this.#library.createValue(tensor);
          values.set(tensor, value);
          return [name, value];
        }),
      );
    try {
      this.#library.run(this.#session, own(inputs), own(outputs));
    } finally {
      for (const value of values.values()) this.#library.releaseValue(value);
    }
  }

  release(): Promise<void> {
    if (this.#session !== undefined) this.#library.releaseSession(this.#session);
    this.#session = undefined;
    return Promise.resolve();
  }
}
