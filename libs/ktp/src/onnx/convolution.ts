import type { FloatConstant, GraphEditor } from './graph-editor.js';
import type { OnnxNode } from './onnx-model.js';

/** A convolution whose weights are constants, `[out, in / groups, height, width]`, with its bias, `[out]`. */
export interface Convolution {
  readonly node: OnnxNode;
  readonly weight: FloatConstant;
  readonly bias: Float32Array;
}

/** The convolution that a node is, or `undefined`. */
export function asConvolution(editor: GraphEditor, node: OnnxNode | undefined): Convolution | undefined {
  if (node?.opType !== 'Conv') return undefined;
  const weight = editor.constant(node.input[1]);
  const bias = node.input[2] === undefined ? undefined : editor.constant(node.input[2]);
  if (!weight || (node.input[2] !== undefined && !bias)) return undefined;
  return { node, weight, bias: bias?.data ?? new Float32Array(weight.dims[0] ?? 0) };
}

/** Changes a convolution into `scale * itself + shift`. */
export function scaleAndShift(
  editor: GraphEditor,
  { node, weight, bias }: Convolution,
  scale: number,
  shift: number,
): void {
  node.input = [
    node.input[0] ?? '',
    scale === 1
      ? (node.input[1] ?? '')
      : editor.addConstant(
          weight.dims,
          weight.data.map((value) => value * scale),
        ),
    editor.addConstant(
      [bias.length],
      bias.map((value) => value * scale + shift),
    ),
  ];
}

/** Changes a convolution without padding so that it takes `value` for what was `value + shift`. */
export function absorbShift(
  editor: GraphEditor,
  { node, weight, bias }: Convolution,
  value: string,
  shift: number,
): void {
  const size = weight.data.length / bias.length;
  const sums = bias.map((_, channel) =>
    weight.data.subarray(channel * size, (channel + 1) * size).reduce(add),
  );
  const moved = bias.map((own, channel) => own + shift * (sums[channel] ?? 0));
  node.input = [value, node.input[1] ?? '', editor.addConstant([bias.length], moved)];
}

/** Whether a convolution sees zeros around its input: a shift cannot be moved past those. */
export function isPadded({ node }: Convolution): boolean {
  return node.attribute.some(({ name, ints }) => name === 'pads' && (ints ?? []).some((side) => side !== 0));
}

function add(a: number, b: number): number {
  return a + b;
}
