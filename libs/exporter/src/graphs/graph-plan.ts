import type { DataFilePlan } from '../weights/weight-plan.js';

/** A graph of an export; its files are `{name}.onnx` and `{name}.onnx.data`. */
export type GraphName = 'vision' | 'embedding' | 'decoder' | 'prefill';

/** Another graph over the weights of one, by its file's name. */
export interface GraphVariant {
  readonly file: string;
  readonly model: Uint8Array;
}

/** A graph that is ready to be written: the model's bytes, and the layout of the weights beside it. */
export interface GraphPlan {
  readonly name: GraphName;
  /** Contents of `{name}.onnx`. */
  readonly model: Uint8Array;
  readonly data: DataFilePlan;
  /** Other graphs over the same weights. */
  readonly variants?: readonly GraphVariant[];
}
