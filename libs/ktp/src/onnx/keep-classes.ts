import type { GraphEditor } from './graph-editor.js';
import type { OnnxGraph } from './onnx-model.js';

/** `TypeProto`: a tensor of floats, of any shape. */
const FLOAT_TENSOR = Uint8Array.of(0x0a, 2, 0x08, 1);

/**
 * Cuts a classifier down to some of its classes: the columns of the last matrix and of its bias. The softmax behind
 * them divides each row by less, so the classes kept have the same order and the same ratios as before.
 *
 * @param graph ends with a matrix product, a bias and a softmax
 * @param classes the classes to keep; class `classes[i]` becomes class `i`
 * @throws TypeError when the graph ends otherwise
 */
export function keepClasses(editor: GraphEditor, graph: OnnxGraph, classes: readonly number[]): void {
  const [result] = graph.output;
  const softmax = editor.producer(result?.name);
  const sum = editor.producer(softmax?.input[0]);
  const product = sum?.input.map((value) => editor.producer(value)).find((node) => node?.opType === 'MatMul');
  const biasAt = sum?.input.findIndex((value) => editor.constant(value)) ?? -1;
  const [weight, bias] = [editor.constant(product?.input[1]), editor.constant(sum?.input[biasAt])];
  if (!result || softmax?.opType !== 'Softmax' || !sum || !product || !weight || !bias) {
    throw new TypeError('the network does not end with a classifier');
  }
  const rows = weight.dims[0] ?? 0;
  const columns = weight.dims[1] ?? 0;
  const kept = new Float32Array(rows * classes.length);
  for (let row = 0; row < rows; row++) {
    for (const [at, cls] of classes.entries()) {
      kept[row * classes.length + at] = weight.data[row * columns + cls] ?? 0;
    }
  }
  const keptBias = Float32Array.from(classes, (cls) => bias.data[cls] ?? 0);
  product.input = [product.input[0] ?? '', editor.addConstant([rows, classes.length], kept)];
  sum.input[biasAt] = editor.addConstant([classes.length], keptBias);
  result.type = FLOAT_TENSOR;
}
