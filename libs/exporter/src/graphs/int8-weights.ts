import type { GraphBuilder } from '../onnx/graph-builder.js';
import { rotationGroup } from '../weights/rotate.js';
import type { DataFilePlan, Encoding } from '../weights/weight-plan.js';
import { GraphWeights, type LinearPart } from './graph-weights.js';
import { rotateNode } from './rotate-node.js';

/** Largest integer of an activation, on both sides of {@link ZERO_POINT}. */
const TOP_LEVEL = 127;

/** What stands for zero: the fast kernels take unsigned activations. */
const ZERO_POINT = 128;

/** Least scale of a row of activations, for rows of zeros. */
const LEAST_SCALE = 1e-30;

/**
 * Linear layers over 8-bit weights and activations, for prefill: `MatMulInteger` is several times as fast as
 * `MatMulNBits` with many rows, above all with AMX. Each row of activations has one scale. A channel that stands out
 * would leave the others few steps of it; so activations and weights are rotated in groups first, which changes nothing
 * in the product and spreads such a channel over its group.
 *
 * Everything else, the head too, is taken from the file of the decoder, whose layout it repeats.
 */
export class Int8Weights extends GraphWeights {
  readonly #graph: GraphBuilder;
  readonly #file: DataFilePlan;
  /** A zero point for each token, the same for every layer. */
  #zeros: string | undefined;

  /** `decoder` and `encoding` are those of the decoder graph; `file` takes the 8-bit weights. */
  constructor(graph: GraphBuilder, decoder: DataFilePlan, encoding: Encoding, file: DataFilePlan) {
    super(graph, decoder, encoding);
    this.#graph = graph;
    this.#file = file;
  }

  /** Takes activations of one sequence, `[1, tokens, columns]`. */
  override linears(x: string, groups: readonly (readonly LinearPart[])[], columns: number): string[] {
    this.reserve(groups.flat(), columns);
    const graph = this.#graph;
    const group = rotationGroup(columns);
    const rotated = rotateNode(graph, x, columns, group, [1, -1]);
    const largest = graph.node('ReduceMax', [graph.node('Abs', [rotated]), graph.constant([-1])], {
      keepdims: 1,
    });
    const exact = graph.node('Mul', [largest, this.#number('inverse_top', 1 / TOP_LEVEL)]);
    const scale = graph.node('Max', [exact, this.#number('least_scale', LEAST_SCALE)]);
    const scales = graph.node('Reshape', [scale, graph.constant([-1])]);
    const zero = graph.tensor('zero_point', Uint8Array.of(ZERO_POINT), []);
    this.#zeros ??= graph.node('Expand', [zero, graph.node('Shape', [scales])]);
    const rounded = graph.node('QuantizeLinear', [rotated, scales, this.#zeros], { axis: 1 });
    const product = ({ prefix, rows }: LinearPart): string => {
      const source = `${prefix}.weight`;
      const weight = this.#file.add(source, [rows, columns], { kind: 'rotated', group });
      const matrix = graph.mapped(`${source}.i8`, weight.values);
      if (!weight.scales) throw new Error('a rotated weight has scales');
      const steps = graph.stored(`${source}.i8_scales`, weight.scales);
      const inputs = [rounded, matrix, this.#number('one', 1), steps, zero];
      return graph.node('com.microsoft.MatMulIntegerToFloat', inputs);
    };
    return groups.map((parts) => {
      const products = parts.map(product);
      const joined = products.length === 1 ? products : [graph.node('Concat', products, { axis: -1 })];
      return graph.node('Mul', [...joined, scale]);
    });
  }

  #number(name: string, value: number): string {
    return this.#graph.tensor(name, Float32Array.of(value), []);
  }
}
