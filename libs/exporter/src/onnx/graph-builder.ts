import { ATTRIBUTE_TYPES, DATA_TYPES, EXTERNAL_DATA, encodeModel, type DataType } from './proto.js';
import type { StoredTensor } from '../weights/weight-plan.js';

/** A dimension: a size, or the name of one that varies between runs. */
export type Dimension = number | string;

/** Attribute values: a string, an integer, a list of integers, or a float marked as such. */
export type AttributeValue = string | number | readonly number[] | { readonly float: number };

/** Operator sets by domain, 1 where none is named: 23 is the first with RotaryEmbedding over per-token angles. */
const OPSETS: Readonly<Record<string, number>> = { '': 23 };
const IR_VERSION = 10;

/** Collects an ONNX graph node by node. Values are named by strings; an empty name is an absent optional input. */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: object[] = [];
  readonly #initializers = new Map<string, object>();
  readonly #inputs: object[] = [];
  readonly #outputs: object[] = [];
  readonly #domains = new Set(['']);

  constructor(name: string) {
    this.#name = name;
  }

  /** Declares an input and returns its name. */
  input(name: string, dataType: DataType, shape: readonly Dimension[]): string {
    this.#inputs.push(valueInfo(name, dataType, shape));
    return name;
  }

  /** Makes `value` an output called `name`. */
  output(name: string, value: string, dataType: DataType, shape: readonly Dimension[]): void {
    if (name !== value) this.#push('Identity', '', [value], [name], {});
    this.#outputs.push(valueInfo(name, dataType, shape));
  }

  /** Adds a node and returns the name of its only output. `op` may carry a domain: `com.microsoft.MatMulNBits`. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    const [output = ''] = this.nodes(op, inputs, 1, attributes);
    return output;
  }

  /** Adds a node with `count` outputs and returns their names. */
  nodes(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string[] {
    const dot = op.lastIndexOf('.');
    const type = op.slice(dot + 1);
    const outputs = Array.from({ length: count }, (_, index) => `${type}_${this.#nodes.length}_${index}`);
    this.#push(type, dot < 0 ? '' : op.slice(0, dot), inputs, outputs, attributes);
    return outputs;
  }

  /** A small constant inside the graph; equal ones are stored once. */
  constant(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = `const_${dims.join('x')}_${values.join('_')}`;
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#initializers.set(name, { name, dims, dataType: DATA_TYPES.i64, rawData });
    return name;
  }

  /** A constant tensor inside the graph under a name of its own; it is stored once. */
  tensor(name: string, data: Float32Array | Uint8Array, dims: readonly number[]): string {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const dataType = data instanceof Float32Array ? DATA_TYPES.f32 : DATA_TYPES.u8;
    this.#initializers.set(name, { name, dims, dataType, rawData });
    return name;
  }

  /** Refers to a tensor in a data file, as `dims` when they are given (a view of the same bytes). */
  stored(name: string, tensor: StoredTensor, dims: readonly number[] = tensor.dims): string {
    this.#initializers.set(name, {
      name,
      dims,
      dataType: DATA_TYPES[tensor.dataType],
      dataLocation: EXTERNAL_DATA,
      externalData: [
        { key: 'location', value: tensor.file },
        { key: 'offset', value: String(tensor.offset) },
        { key: 'length', value: String(tensor.bytes) },
      ],
    });
    return name;
  }

  /**
   * Like {@link stored}, but used where it lies in the data file: a run may put another in its place, so that
   * onnxruntime takes it for no constant and makes no copy in the order of its kernels.
   */
  mapped(name: string, tensor: StoredTensor): string {
    return this.input(this.stored(name, tensor), tensor.dataType, tensor.dims);
  }

  /** The serialised model. */
  encode(): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: '@qwenvl/exporter',
      opsetImport: [...this.#domains].map((domain) => ({ domain, version: OPSETS[domain] ?? 1 })),
      graph: {
        name: this.#name,
        node: this.#nodes,
        initializer: [...this.#initializers.values()],
        input: this.#inputs,
        output: this.#outputs,
      },
    });
  }

  #push(
    opType: string,
    domain: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    this.#domains.add(domain);
    this.#nodes.push({
      name: `${opType}_${this.#nodes.length}`,
      opType,
      domain,
      input,
      output,
      attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...attribute(value) })),
    });
  }
}

function attribute(value: AttributeValue): object {
  if (typeof value === 'number') return { i: value, type: ATTRIBUTE_TYPES.int };
  if (typeof value === 'string') return { s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPES.string };
  if ('float' in value) return { f: value.float, type: ATTRIBUTE_TYPES.float };
  return { ints: value, type: ATTRIBUTE_TYPES.ints };
}

function valueInfo(name: string, dataType: DataType, shape: readonly Dimension[]): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DATA_TYPES[dataType], shape: { dim } } } };
}
