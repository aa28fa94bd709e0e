import { absorbShift, asConvolution, isPadded, scaleAndShift } from './convolution.js';
import { GraphEditor } from './graph-editor.js';
import { keepClasses } from './keep-classes.js';
import { decodeOnnx, encodeOnnx, FLOAT_ATTRIBUTE, type OnnxNode } from './onnx-model.js';

/**
 * Rewrites a network into an equal one with fewer passes over its activations. PP-OCRv4 follows each convolution
 * by up to eight operations on every element (scale, shift, the four steps of a hard swish, scale, shift), which
 * take longer than the convolutions. The numbers move into the weights, and the hard swish becomes two operations.
 * Answers differ in rounding only.
 *
 * @param bytes a serialised ONNX model
 * @param classes the only classes that a classifier shall still tell apart; default: all
 * @throws when the bytes are no ONNX model
 */
export function simplifyNetwork(bytes: Uint8Array, classes?: readonly number[]): Uint8Array {
  const model = decodeOnnx(bytes);
  const editor = new GraphEditor(model);
  foldIntoConvolutions(editor);
  for (const division of editor.nodes('Div')) fuseHardSwish(editor, division);
  passShiftsOn(editor);
  if (classes) keepClasses(editor, model.graph, classes);
  editor.prune();
  return encodeOnnx(model);
}

/** `s * conv(x) + t` with numbers `s` and `t` is a convolution as well. */
function foldIntoConvolutions(editor: GraphEditor): void {
  for (const node of editor.nodes('Conv')) {
    const convolution = asConvolution(editor, node);
    if (!convolution) continue;
    let scale = 1;
    let shift = 0;
    for (;;) {
      const [next, ...others] = editor.users(node.output[0]);
      const number = next && others.length === 0 ? editor.operandAndNumber(next)?.number : undefined;
      if (!next || number === undefined) break;
      if (next.opType === 'Mul') [scale, shift] = [scale * number, shift * number];
      else if (next.opType === 'Add') shift += number;
      else break;
      editor.remove(next);
      node.output = next.output;
    }
    if (scale !== 1 || shift !== 0) scaleAndShift(editor, convolution, scale, shift);
  }
}

/**
 * `x * clip(x + 3, 0, 6) / 6` becomes `x * hardSigmoid(x)`. A factor behind it moves into the convolution in front:
 * `a * x * hardSigmoid(x)` is `y * hardSigmoid'(y)` for `y = a * x`, with the slope of the sigmoid divided by `a`.
 */
function fuseHardSwish(editor: GraphEditor, division: OnnxNode): void {
  const match = matchHardSwish(editor, division);
  if (!match) return;
  const { product, x } = match;
  editor.remove(division, ...match.steps);
  let slope = 1 / 6;
  product.output = division.output;
  const convolution = asConvolution(editor, editor.producer(x));
  const [next, ...others] = editor.users(product.output[0]);
  const factor = next?.opType === 'Mul' ? editor.operandAndNumber(next)?.number : undefined;
  const alone = editor.users(x).length === 1;
  if (convolution && next && others.length === 0 && alone && factor !== undefined && factor !== 0) {
    scaleAndShift(editor, convolution, factor, 0);
    slope /= factor;
    editor.remove(next);
    product.output = next.output;
  }
  const gate = `${x}.gate`;
  product.input = [x, gate];
  const attribute = [
    { name: 'alpha', type: FLOAT_ATTRIBUTE, f: slope },
    { name: 'beta', type: FLOAT_ATTRIBUTE, f: 0.5 },
  ];
  editor.insertBefore(product, { opType: 'HardSigmoid', input: [x], output: [gate], attribute });
}

/** The steps of a hard swish that ends with this division, or `undefined`. */
function matchHardSwish(
  editor: GraphEditor,
  division: OnnxNode,
): { readonly product: OnnxNode; readonly x: string; readonly steps: readonly OnnxNode[] } | undefined {
  const by = editor.operandAndNumber(division);
  const product = by?.number === 6 ? editor.producer(by.operand) : undefined;
  if (product?.opType !== 'Mul') return undefined;
  const clip = product.input.map((value) => editor.producer(value)).find((node) => node?.opType === 'Clip');
  const x = product.input.find((value) => value !== clip?.output[0]);
  const sum = editor.producer(clip?.input[0]);
  const three = sum?.opType === 'Add' ? editor.operandAndNumber(sum) : undefined;
  if (!clip || x === undefined || !sum || three?.operand !== x || three.number !== 3) return undefined;
  const steps = [sum, clip];
  const used = [...steps, product].every((node) => editor.users(node.output[0]).length === 1);
  return used && clipsToSix(editor, clip) ? { product, x, steps } : undefined;
}

/** The bounds are attributes in older graphs, where a 0 is left out, and inputs in newer ones. */
function clipsToSix(editor: GraphEditor, clip: OnnxNode): boolean {
  const bound = (name: string, input: number) => {
    const attribute = clip.attribute.find((other) => other.name === name);
    return attribute ? (attribute.f ?? 0) : editor.constant(clip.input[input])?.data[0];
  };
  return bound('min', 1) === 0 && bound('max', 2) === 6;
}

/** `conv(x + t)` is `conv(x)` with another bias, unless the convolution pads its input with zeros. */
function passShiftsOn(editor: GraphEditor): void {
  for (const node of editor.nodes('Add')) {
    const shift = editor.operandAndNumber(node);
    const users = editor.users(node.output[0]);
    const convolutions = users.flatMap((user) => asConvolution(editor, user) ?? []);
    if (!shift || users.length === 0 || convolutions.length < users.length || convolutions.some(isPadded))
      continue;
    for (const convolution of convolutions) absorbShift(editor, convolution, shift.operand, shift.number);
    editor.remove(node);
  }
}
