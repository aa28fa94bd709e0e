import type { CheckpointConfig } from '../config/checkpoint-config.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { DataFilePlan, type Encoding, type PlannedWeight } from '../weights/weight-plan.js';
import type { WeightTransform } from '../weights/weight-transform.js';
import type { GraphPlan } from './graph-plan.js';
import { applyWeight, GraphWeights, type Operators } from './graph-weights.js';
import { Int8Weights } from './int8-weights.js';
import { takesOwnAttention } from './own-attention.js';
import { rotateNode } from './rotate-node.js';

const PREFIX = 'model.language_model';

/** Element type of the KV cache; `int8` is symmetric, with a scale for each channel of each head. */
export type KvCacheType = 'f32' | 'int8';

/** What a decoder graph is built from. */
export interface DecoderOptions {
  readonly encoding: Encoding;
  /** The embedding's table, used as the head when the checkpoint ties them. */
  readonly embeddingTable: PlannedWeight;
  /**
   * Given: the residual stream is rotated in groups of so many channels, and weights are stored to match; inputs and
   * outputs of the graph are not. In a graph with `int8File` the head alone is, whose bytes it shares.
   */
  readonly streamRotation?: number | undefined;
  /** How the KV cache is held. Default `f32`. */
  readonly kvCache?: KvCacheType;
  /** Whose operators multiply by weights in blocks, and attend. Default onnxruntime's. */
  readonly operators?: Operators | undefined;
  /**
   * Given: a graph for prefill, one sequence at a time, whose linear layers are held in this file with 8 bits. All else
   * lies where a decoder of the same encoding has it.
   */
  readonly int8File?: DataFilePlan;
  /** Also give each layer's residual stream, before DeepStack is added, as `hidden_{i}`. For tests. */
  readonly exposeHidden?: boolean;
}

/** Attributes of GroupQueryAttention over an int8 cache. */
const INT8_CACHE = { k_quant_type: 'PER_CHANNEL', v_quant_type: 'PER_CHANNEL', kv_cache_bit_width: 8 };

/** The two streams that a layer hands on: their sum is the residual stream, added up by the next norm. */
interface Streams {
  readonly residual: string;
  readonly update: string | undefined;
}

interface Rotary {
  readonly cos: string;
  readonly sin: string;
}

/** Inputs of grouped-query attention that all layers share. */
interface Lengths {
  readonly attended: string;
  readonly total: string;
}

/** The text decoder (transformers' `Qwen3VLTextModel` and head) over embeddings, with its KV cache as inputs and outputs. */
export function planDecoder(config: CheckpointConfig, options: DecoderOptions): GraphPlan {
  const builder = new DecoderBuilder(config, options);
  return builder.build();
}

class DecoderBuilder {
  readonly #config: CheckpointConfig;
  readonly #options: DecoderOptions;
  readonly #graph: GraphBuilder;
  readonly #data = new DataFilePlan('decoder.onnx.data');
  readonly #weights: GraphWeights;
  /** Group of channels that are rotated together in the residual stream. */
  readonly #rotation: number | undefined;

  constructor(config: CheckpointConfig, options: DecoderOptions) {
    this.#config = config;
    this.#options = options;
    const { encoding, int8File, operators, streamRotation } = options;
    this.#rotation = int8File ? undefined : streamRotation;
    this.#graph = new GraphBuilder(int8File ? 'prefill' : 'decoder');
    this.#weights = int8File
      ? new Int8Weights(this.#graph, this.#data, encoding, int8File)
      : new GraphWeights(this.#graph, this.#data, encoding, operators);
  }

  build(): GraphPlan {
    const graph = this.#graph;
    const { text, vision } = this.#config;
    const angles = ['batch', 'tokens', text.headDim / 2];
    const embeds = graph.input('inputs_embeds', 'f32', ['batch', 'tokens', text.hiddenSize]);
    const rotary = {
      cos: graph.input('rotary_cos', 'f32', angles),
      sin: graph.input('rotary_sin', 'f32', angles),
    };
    const deepstack = vision.deepstackBlocks.map((_, index) =>
      graph.input(`deepstack_${index}`, 'f32', ['deepstack_batch', 'deepstack_tokens', text.hiddenSize]),
    );
    const lengths = {
      attended: graph.input('seqlens_k', 'i32', ['batch']),
      total: graph.input('total_sequence_length', 'i32', [1]),
    };
    const wanted = graph.input('logit_idx', 'i64', ['rows']);

    let streams: Streams = { residual: this.#turn(embeds, this.#rotation, [0, 0]), update: undefined };
    for (let layer = 0; layer < text.layers; layer++) {
      streams = this.#layer(layer, streams, rotary, lengths);
      if (this.#options.exposeHidden === true) {
        graph.output(`hidden_${layer}`, this.#sum(streams), 'f32', ['batch', 'tokens', text.hiddenSize]);
      }
      streams = this.#addFeature(streams, deepstack[layer]);
    }
    this.#head(this.#sum(streams), wanted);
    const { int8File } = this.#options;
    return int8File
      ? { name: 'prefill', model: graph.encode(), data: int8File }
      : { name: 'decoder', model: graph.encode(), data: this.#data };
  }

  #layer(index: number, streams: Streams, rotary: Rotary, lengths: Lengths): Streams {
    const prefix = `${PREFIX}.layers.${index}`;
    const before = this.#addAndNorm(`${prefix}.input_layernorm`, streams);
    const attended = this.#attention(index, before.normed, rotary, lengths);
    const between = this.#addAndNorm(`${prefix}.post_attention_layernorm`, {
      residual: before.residual,
      update: attended,
    });
    return { residual: between.residual, update: this.#mlp(prefix, between.normed) };
  }

  #attention(index: number, x: string, rotary: Rotary, lengths: Lengths): string {
    const graph = this.#graph;
    const { hiddenSize, heads, kvHeads, headDim, rmsNormEps } = this.#config.text;
    const layer = `${PREFIX}.layers.${index}`;
    const prefix = `${layer}.self_attn`;
    const isOwn = this.#options.operators === 'native' && takesOwnAttention(headDim);
    const part = (name: string, count: number) => ({ prefix: `${prefix}.${name}`, rows: count * headDim });
    const queryAndKey = [part('q_proj', heads), part('k_proj', kvHeads)];
    const value = part('v_proj', kvHeads);
    const projected = this.#weights.linears(
      x,
      isOwn ? [[...queryAndKey, value]] : [queryAndKey, [value]],
      hiddenSize,
      { transform: this.#afterNorm(`${layer}.input_layernorm`) },
    );
    const norms = ['q_norm', 'k_norm'].map((name) =>
      this.#weights.tensor(`${prefix}.${name}.weight`, [headDim]),
    );
    const cache = ['batch', kvHeads, 'capacity', headDim];
    const isInt8 = this.#options.kvCache === 'int8';
    const cacheType = isInt8 ? 'i8' : 'f32';
    const ownName = isInt8 ? 'qwenvl.RoundedAttention' : 'qwenvl.Attention';
    const [attended = '', key = '', newValue = ''] = graph.nodes(
      isOwn ? ownName : 'com.microsoft.GroupQueryAttention',
      [
        ...(isOwn
          ? [...projected, rotary.cos, rotary.sin, ...norms]
          : this.#placed(projected, norms, rotary)),
        graph.input(`past_key_values.${index}.key`, cacheType, cache),
        graph.input(`past_key_values.${index}.value`, cacheType, cache),
        lengths.attended,
        lengths.total,
        // There inputs 7 to 11 are for what is not used here.
        ...(isInt8 && !isOwn ? ['', '', '', '', ''] : []),
        ...(isInt8 ? this.#cacheScales(index) : []),
      ],
      3,
      {
        num_heads: heads,
        kv_num_heads: kvHeads,
        scale: { float: headDim ** -0.5 },
        ...(isOwn ? { epsilon: { float: rmsNormEps } } : isInt8 ? INT8_CACHE : {}),
      },
    );
    const present = ['batch', kvHeads, 'present_capacity', headDim];
    graph.output(`present.${index}.key`, key, cacheType, present);
    graph.output(`present.${index}.value`, newValue, cacheType, present);
    const output = { prefix: `${prefix}.o_proj`, rows: hiddenSize };
    const [update = ''] = this.#weights.linears(attended, [[output]], heads * headDim, {
      transform: this.#intoStream(),
    });
    return update;
  }

  /** What one step of a key or value is worth, for each channel. */
  #cacheScales(index: number): string[] {
    const { kvHeads, headDim } = this.#config.text;
    const scale = (part: string): string =>
      this.#graph.input(`cache_scales.${index}.${part}`, 'f32', [1, kvHeads, 1, headDim]);
    return [scale('key'), scale('value')];
  }

  /**
   * Queries and keys in their norm, one over each head, and at their places, and values. A step of few tokens is made
   * of so little arithmetic that the number of nodes tells: norms, and rotations after them, are taken together. The
   * norms' scales are put together when the graph is read.
   */
  #placed(
    [queryAndKey = '', value = '']: readonly string[],
    [queryScale = '', keyScale = '']: readonly string[],
    { cos, sin }: Rotary,
  ): string[] {
    const graph = this.#graph;
    const { heads, kvHeads, headDim } = this.#config.text;
    const scales = (scale: string, count: number): string =>
      graph.node('Expand', [scale, graph.constant([count, headDim])]);
    const scale = graph.node('Concat', [scales(queryScale, heads), scales(keyScale, kvHeads)], { axis: 0 });
    const apart = graph.node('Reshape', [queryAndKey, graph.constant([0, 0, heads + kvHeads, headDim])]);
    const scaled = graph.node('Mul', [this.#scaledNorm(apart, this.#ones(headDim)), scale]);
    const normed = graph.node('Reshape', [scaled, graph.constant([0, 0, (heads + kvHeads) * headDim])]);
    const placed = graph.node('RotaryEmbedding', [normed, cos, sin], { num_heads: heads + kvHeads });
    const widths = graph.constant([heads * headDim, kvHeads * headDim]);
    return [...graph.nodes('Split', [placed, widths], 2, { axis: -1 }), value];
  }

  #mlp(layer: string, x: string): string {
    const { hiddenSize, intermediateSize } = this.#config.text;
    const part = (name: string) => ({ prefix: `${layer}.mlp.${name}`, rows: intermediateSize });
    const isGated = this.#options.operators === 'native';
    const gateAndUp = this.#weights.linears(
      x,
      isGated ? [[part('gate_proj'), part('up_proj')]] : [[part('gate_proj')], [part('up_proj')]],
      hiddenSize,
      { transform: this.#afterNorm(`${layer}.post_attention_layernorm`) },
    );
    const [down = ''] = this.#weights.linears(
      isGated ? (gateAndUp[0] ?? '') : this.#gated(gateAndUp),
      [[{ prefix: `${layer}.mlp.down_proj`, rows: hiddenSize }]],
      intermediateSize,
      { transform: this.#intoStream(), isGated },
    );
    return down;
  }

  /** SwiGLU: what the own operators do while they round. */
  #gated([gate = '', up = '']: readonly string[]): string {
    const graph = this.#graph;
    return graph.node('Mul', [graph.node('Mul', [gate, graph.node('Sigmoid', [gate])]), up]);
  }

  /** Final norm and head, over the wanted rows of the flattened `[batch * tokens]` only. */
  #head(hidden: string, wanted: string): void {
    const graph = this.#graph;
    const { hiddenSize, vocabSize } = this.#config.text;
    const flat = graph.node('Reshape', [hidden, graph.constant([-1, hiddenSize])]);
    const rows = graph.node('Gather', [flat, wanted], { axis: 0 });
    const { embeddingTable, encoding, operators, streamRotation } = this.#options;
    const normed = this.#norm(this.#turn(rows, this.#rotation, [0]), `${PREFIX}.norm`, hiddenSize);
    const head = this.#config.tiedHead
      ? embeddingTable
      : this.#data.add('lm_head.weight', [vocabSize, hiddenSize], encoding, {
          rotatedColumns: streamRotation,
        });
    const logits = applyWeight(graph, this.#turn(normed, streamRotation, [0]), head, { operators });
    graph.output('logits', logits, 'f32', ['rows', vocabSize]);
  }

  /** DeepStack: a feature joins the residual stream after its layer. It may be broadcast, so the norm cannot add it. */
  #addFeature({ residual, update }: Streams, feature: string | undefined): Streams {
    if (feature === undefined || update === undefined) return { residual, update };
    const turned = this.#turn(feature, this.#rotation, [0, 0]);
    return { residual, update: this.#graph.node('Add', [update, turned]) };
  }

  #sum({ residual, update }: Streams): string {
    return update === undefined ? residual : this.#graph.node('Add', [residual, update]);
  }

  /** RMS norm of the streams' sum, and the sum itself. */
  #addAndNorm(source: string, { residual, update }: Streams): { normed: string; residual: string } {
    const { hiddenSize, rmsNormEps } = this.#config.text;
    const scale = this.#streamScale(`${source}.weight`, hiddenSize);
    if (update === undefined) return { normed: this.#scaledNorm(residual, scale), residual };
    const [normed = '', , , sum = ''] = this.#graph.nodes(
      'com.microsoft.SkipSimplifiedLayerNormalization',
      [residual, update, scale],
      4,
      { epsilon: { float: rmsNormEps } },
    );
    return { normed, residual: sum };
  }

  /** Scale of a norm over the stream. Channels that are rotated have none of their own: the weights after it do. */
  #streamScale(source: string, size: number): string {
    if (this.#rotation === undefined) return this.#weights.tensor(source, [size]);
    // Not for this graph: a graph for prompts, whose stream is not rotated, reads it from here.
    this.#data.add(source, [size], { kind: 'f32' });
    return this.#ones(size);
  }

  #ones(size: number): string {
    return this.#graph.tensor(`ones_${size}`, new Float32Array(size).fill(1), [size]);
  }

  /** How a weight is stored that takes the stream after a norm. */
  #afterNorm(norm: string): WeightTransform | undefined {
    if (this.#rotation === undefined) return undefined;
    return { scaledBy: `${norm}.weight`, rotatedColumns: this.#rotation };
  }

  /** How a weight is stored whose outputs are added to the stream. */
  #intoStream(): WeightTransform | undefined {
    return this.#rotation === undefined ? undefined : { rotatedRows: this.#rotation };
  }

  /** Rotates channels, or turns them back; see {@link rotateNode}. */
  #turn(x: string, group: number | undefined, leading: readonly number[]): string {
    return group === undefined ? x : rotateNode(this.#graph, x, this.#config.text.hiddenSize, group, leading);
  }

  #norm(x: string, source: string, size: number): string {
    return this.#scaledNorm(x, this.#weights.tensor(`${source}.weight`, [size]));
  }

  #scaledNorm(x: string, scale: string): string {
    const epsilon = { float: this.#config.text.rmsNormEps };
    return this.#graph.node('SimplifiedLayerNormalization', [x, scale], { axis: -1, epsilon });
  }
}
