import type { GraphBuilder } from '../onnx/graph-builder.js';
import type { DataFilePlan, Encoding, PlannedWeight } from '../weights/weight-plan.js';
import type { WeightTransform } from '../weights/weight-transform.js';

/** MatMulNBits computes with 8-bit activations: twice as fast as level 0 on the CPU. */
const ACCURACY_LEVEL = 4;

/**
 * Whose operators multiply by weights in blocks and attend: onnxruntime's, or those of the engine's native runtime
 * (`libs/engine/native`), which take the same tensors and are faster with several rows.
 */
export type Operators = 'onnxruntime' | 'native';

/** A linear layer of the checkpoint, `{prefix}.weight` `[rows, columns]`. */
export interface LinearPart {
  readonly prefix: string;
  readonly rows: number;
}

/** What is done to a linear layer's weights, and to what they multiply. */
export interface LinearOptions {
  readonly transform?: WeightTransform | undefined;
  /** `x` is twice as wide: SiLU of its first half times its second is multiplied. Own operators only. */
  readonly isGated?: boolean | undefined;
}

const F32: Encoding = { kind: 'f32' };

/** Brings checkpoint tensors into a graph: reserves their place in the data file and adds the nodes that use them. */
export class GraphWeights {
  readonly #graph: GraphBuilder;
  readonly #file: DataFilePlan;
  readonly #encoding: Encoding;
  readonly #operators: Operators;

  /** `encoding` is that of the linear layers; everything else stays f32. */
  constructor(
    graph: GraphBuilder,
    file: DataFilePlan,
    encoding: Encoding,
    operators: Operators = 'onnxruntime',
  ) {
    this.#graph = graph;
    this.#file = file;
    this.#encoding = encoding;
    this.#operators = operators;
  }

  /** An f32 tensor such as a norm's scale; returns its name in the graph. */
  tensor(source: string, shape: readonly number[], dims: readonly number[] = shape): string {
    return this.#graph.stored(source, this.#file.add(source, shape, F32).values, dims);
  }

  /** `x W^T (+ bias)` for the checkpoint's `{prefix}.weight` `[rows, columns]`. */
  linear(x: string, prefix: string, rows: number, columns: number, options: { bias?: boolean } = {}): string {
    const weight = this.#file.add(`${prefix}.weight`, [rows, columns], this.#encoding);
    const bias = options.bias === true ? this.tensor(`${prefix}.bias`, [rows]) : undefined;
    return applyWeight(this.#graph, x, weight, { bias, operators: this.#operators });
  }

  /**
   * Several `x W^T` of one `x` in a single product, each being the checkpoint's `{prefix}.weight` `[rows, columns]`:
   * `x` is rounded to 8 bits once, and threads meet once. A column's numbers are those that it has alone.
   *
   * @returns one output for each of `groups`, in which the products of its parts lie side by side
   */
  linears(
    x: string,
    groups: readonly (readonly LinearPart[])[],
    columns: number,
    { transform, isGated }: LinearOptions,
  ): string[] {
    const weight = this.reserve(groups.flat(), columns, transform);
    const product = applyWeight(this.#graph, x, weight, { operators: this.#operators, isGated });
    if (groups.length === 1) return [product];
    const sizes = groups.map((parts) => parts.reduce((sum, { rows }) => sum + rows, 0));
    return this.#graph.nodes('Split', [product, this.#graph.constant(sizes)], groups.length, { axis: -1 });
  }

  /** Reserves the place of what {@link linears} takes. */
  protected reserve(
    parts: readonly LinearPart[],
    columns: number,
    transform?: WeightTransform,
  ): PlannedWeight {
    const sources = parts.map(({ prefix, rows }) => ({ source: `${prefix}.weight`, rows }));
    return this.#file.addStacked(sources, columns, this.#encoding, transform);
  }
}

/**
 * `x W^T (+ bias)` for a weight that has its place already, such as an embedding table used as the head.
 * `operators` is for weights in blocks, default onnxruntime's.
 */
export function applyWeight(
  graph: GraphBuilder,
  x: string,
  weight: PlannedWeight,
  options: {
    readonly bias?: string | undefined;
    readonly operators?: Operators | undefined;
    /** See {@link LinearOptions}. */
    readonly isGated?: boolean | undefined;
  } = {},
): string {
  const { bias, operators = 'onnxruntime', isGated = false } = options;
  const { source, rows, columns, encoding, values, scales, zeros } = weight;
  if (encoding.kind === 'blocks' && scales) {
    const inputs = [x, graph.stored(`${source}.q`, values), graph.stored(`${source}.scales`, scales)];
    if (zeros) inputs.push(graph.stored(`${source}.zeros`, zeros));
    const sizes = { K: columns, N: rows, block_size: encoding.blockSize };
    const own = { ...sizes, gated: isGated ? 1 : 0 };
    if (operators === 'native' && encoding.bits === 8) {
      return graph.node('qwenvl.ByteProduct', bias === undefined ? inputs : [...inputs, bias], own);
    }
    if (operators === 'native' && bias === undefined) return graph.node('qwenvl.BlockProduct', inputs, own);
    if (bias !== undefined) inputs.push(...(zeros ? [''] : ['', '']), bias);
    return graph.node('com.microsoft.MatMulNBits', inputs, {
      ...sizes,
      bits: encoding.bits,
      accuracy_level: ACCURACY_LEVEL,
    });
  }
  const stored = graph.stored(source, values, [rows, columns]);
  const matrix = values.dataType === 'f16' ? graph.node('Cast', [stored], { to: 1 }) : stored;
  const product = graph.node('com.microsoft.FusedMatMul', [x, matrix], { transB: 1 });
  return bias === undefined ? product : graph.node('Add', [product, bias]);
}
