import type { BlockMaxima } from '../sampling/top-tokens.js';

/** Numbers of a tensor; the class of the array is the tensor's element type. */
export type TensorArray = Float32Array | Int8Array | Int32Array | BigInt64Array;

/** A dense, row-major tensor in memory that JavaScript owns. */
export interface TensorData {
  readonly data: TensorArray;
  readonly dims: readonly number[];
  /** The same tensor comes with many runs, its memory in one place: a backend may keep what it makes of it. */
  readonly isLasting?: true;
}

/** Tensors by their name in a graph. */
export type Tensors = Readonly<Record<string, TensorData>>;

/** A graph that was read and can be run. */
export interface GraphSession {
  /**
   * Runs the graph once. Its outputs are written into the arrays that are given for them; the same tensor may be an
   * input and an output. Calls on the sessions of a backend do not overlap.
   */
  run(inputs: Tensors, outputs: Tensors): Promise<void>;
  /** Frees the graph; the session may not be used afterwards. */
  release(): Promise<void>;
}

/** A way to run ONNX graphs. */
export interface GraphBackend {
  readonly name: 'native' | 'stock';
  /** Whether a run costs a copy of all its outputs, the KV cache's whole room included. */
  readonly copiesOutputs: boolean;
  /** Whether graphs may use the engine's own operators (`native/README.md`). */
  readonly hasOperators: boolean;
  /** Where the backend has a faster way than JavaScript to search logits. */
  readonly blockMaxima?: BlockMaxima | undefined;
  /** Reads a graph; `threads` compute within one operator. */
  open(path: string, threads: number): Promise<GraphSession>;
}
