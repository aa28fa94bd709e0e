import type { GraphBuilder } from '../onnx/graph-builder.js';
import { rotation } from '../weights/rotate.js';

/** Rotates the last axis of `x`, `columns` long, in groups; `leading` are the axes before it, 0 for one as it is. */
export function rotateNode(
  graph: GraphBuilder,
  x: string,
  columns: number,
  group: number,
  leading: readonly number[],
): string {
  const matrix = graph.tensor(`rotation_${group}`, rotation(group), [group, group]);
  const groups = graph.node('Reshape', [x, graph.constant([...leading, columns / group, group])]);
  return graph.node('Reshape', [
    graph.node('MatMul', [groups, matrix]),
    graph.constant([...leading, columns]),
  ]);
}
