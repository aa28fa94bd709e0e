import type { DataFilePlan } from '../weights/weight-plan.js';

/** The three graphs of an export. */
export const GRAPH_NAMES = ['vision', 'embedding', 'decoder'] as const;

/** Name of a graph; its files are `{name}.onnx` and `{name}.onnx.data`. */
export type GraphName = (typeof GRAPH_NAMES)[number];

/** A graph that is ready to be written: the model's bytes, and the layout of the weights beside it. */
export interface GraphPlan {
  readonly name: GraphName;
  /** Contents of `{name}.onnx`. */
  readonly model: Uint8Array;
  readonly data: DataFilePlan;
}
