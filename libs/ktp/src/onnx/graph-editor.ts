import { FLOAT, type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxTensor } from './onnx-model.js';

/** A constant of 32-bit floats. */
export interface FloatConstant {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Looks around in a graph and changes it. Names of values are unique in ONNX, so they serve as keys. */
export class GraphEditor {
  readonly #graph: OnnxGraph;
  readonly #tensors = new Map<string, OnnxTensor>();
  #added = 0;

  constructor(model: OnnxModel) {
    this.#graph = model.graph;
    for (const tensor of this.#graph.initializer) this.#tensors.set(tensor.name, tensor);
    for (const node of this.#graph.node) {
      const tensor = node.opType === 'Constant' ? node.attribute[0]?.t : undefined;
      if (tensor) this.#tensors.set(node.output[0] ?? '', tensor);
    }
  }

  /** Nodes of one type, in the graph's order; a copy, safe to change the graph under. */
  nodes(opType: string): OnnxNode[] {
    return this.#graph.node.filter((node) => node.opType === opType);
  }

  /** The node that computes a value; none for constants and the network's input. */
  producer(value: string | undefined): OnnxNode | undefined {
    return this.#graph.node.find((node) => node.opType !== 'Constant' && node.output[0] === value);
  }

  /** The nodes that take a value. */
  users(value: string | undefined): OnnxNode[] {
    return value === undefined ? [] : this.#graph.node.filter((node) => node.input.includes(value));
  }

  /** The value of a float constant. */
  constant(value: string | undefined): FloatConstant | undefined {
    const tensor = value === undefined ? undefined : this.#tensors.get(value);
    if (tensor?.dataType !== FLOAT) return undefined;
    const { dims, rawData, floatData = [] } = tensor;
    return { dims, data: rawData?.length ? asFloats(rawData) : new Float32Array(floatData) };
  }

  /** The other operand of a node that combines a value with one number, and the number itself. */
  operandAndNumber(node: OnnxNode): { readonly operand: string; readonly number: number } | undefined {
    const [a, b] = node.input;
    if (a === undefined || b === undefined) return undefined;
    const [first, second] = [this.#number(a), this.#number(b)];
    if (second !== undefined) return { operand: a, number: second };
    return first === undefined ? undefined : { operand: b, number: first };
  }

  /** Adds a constant and returns its name. */
  addConstant(dims: readonly number[], data: Float32Array): string {
    const name = `simplified.${this.#added++}`;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const tensor = { name, dims, dataType: FLOAT, rawData };
    this.#graph.initializer.push(tensor);
    this.#tensors.set(name, tensor);
    return name;
  }

  insertBefore(node: OnnxNode, added: OnnxNode): void {
    this.#graph.node.splice(this.#graph.node.indexOf(node), 0, added);
  }

  remove(...nodes: readonly OnnxNode[]): void {
    this.#graph.node = this.#graph.node.filter((node) => !nodes.includes(node));
  }

  /** Drops the constants that nothing takes any more. */
  prune(): void {
    const used = new Set(this.#graph.node.flatMap((node) => node.input));
    this.#graph.node = this.#graph.node.filter(
      (node) => node.opType !== 'Constant' || used.has(node.output[0] ?? ''),
    );
    this.#graph.initializer = this.#graph.initializer.filter(({ name }) => used.has(name));
  }

  #number(value: string): number | undefined {
    const elements = this.#tensors.get(value)?.dims.reduce((product, length) => product * length, 1);
    return elements === 1 ? this.constant(value)?.data[0] : undefined;
  }
}

/** The floats in little-endian bytes; copied only where they do not begin at a multiple of their size. */
function asFloats(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(
    aligned.buffer,
    aligned.byteOffset,
    aligned.length / Float32Array.BYTES_PER_ELEMENT,
  );
}
