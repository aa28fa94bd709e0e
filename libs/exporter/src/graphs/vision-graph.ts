import { patchLength, type CheckpointConfig } from '../config/checkpoint-config.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { DataFilePlan, type Encoding } from '../weights/weight-plan.js';
import type { GraphPlan } from './graph-plan.js';
import { GraphWeights, type Operators } from './graph-weights.js';

const EPSILON = { float: 1e-6 };
const PREFIX = 'model.visual';
const F32: Encoding = { kind: 'f32' };

interface Tower {
  readonly graph: GraphBuilder;
  readonly weights: GraphWeights;
  readonly config: CheckpointConfig;
}

/**
 * The vision tower (transformers' `Qwen3VLVisionModel`) over pictures of one size: patches
 * `[frames, patches, patch]` to features and DeepStack features `[frames, patches / merge^2, out_hidden]`.
 */
export function planVision(
  config: CheckpointConfig,
  encoding: Encoding,
  operators: Operators = 'onnxruntime',
): GraphPlan {
  const { vision, text } = config;
  const graph = new GraphBuilder('vision');
  const data = new DataFilePlan('vision.onnx.data');
  const weights = new GraphWeights(graph, data, encoding, operators);
  const tower: Tower = { graph, weights, config };
  const outputShape = ['frames', 'visual_tokens', text.hiddenSize];

  let hidden = graph.node('Add', [embedPatches(tower, data), positions(tower)]);
  const cos = graph.input('rotary_cos', 'f32', ['patches', vision.headDim / 2]);
  const sin = graph.input('rotary_sin', 'f32', ['patches', vision.headDim / 2]);
  for (let index = 0; index < vision.depth; index++) {
    hidden = block(tower, `${PREFIX}.blocks.${index}`, hidden, cos, sin);
    const feature = vision.deepstackBlocks.indexOf(index);
    if (feature >= 0) {
      const merged = merger(tower, `${PREFIX}.deepstack_merger_list.${feature}`, hidden, 'merge-first');
      graph.output(`deepstack_${feature}`, merged, 'f32', outputShape);
    }
  }
  graph.output('features', merger(tower, `${PREFIX}.merger`, hidden, 'norm-first'), 'f32', outputShape);
  return { name: 'vision', model: graph.encode(), data };
}

/** A 3-D convolution whose kernel is its stride: a linear layer over the flattened patch. */
function embedPatches({ graph, config }: Tower, data: DataFilePlan): string {
  const { vision } = config;
  const length = patchLength(config);
  const pixels = graph.input('pixel_values', 'f32', ['frames', 'patches', length]);
  const kernel = [
    vision.hiddenSize,
    vision.channels,
    vision.temporalPatchSize,
    vision.patchSize,
    vision.patchSize,
  ];
  const patchWeights = new GraphWeights(graph, data, F32);
  const matrix = patchWeights.tensor(`${PREFIX}.patch_embed.proj.weight`, kernel, [
    vision.hiddenSize,
    length,
  ]);
  const bias = patchWeights.tensor(`${PREFIX}.patch_embed.proj.bias`, [vision.hiddenSize]);
  return graph.node('Add', [graph.node('com.microsoft.FusedMatMul', [pixels, matrix], { transB: 1 }), bias]);
}

/** Bilinear mix of four rows of the position table, corner by corner to keep one copy of the patches at a time. */
function positions({ graph, weights, config }: Tower): string {
  const { positionGrid, hiddenSize } = config.vision;
  const table = weights.tensor(`${PREFIX}.pos_embed.weight`, [positionGrid ** 2, hiddenSize]);
  const index = graph.input('position_index', 'i64', [4, 'patches']);
  const weight = graph.input('position_weight', 'f32', [4, 'patches']);
  const axis = graph.constant([1]);
  const corners = [0, 1, 2, 3].map((corner) => {
    const which = graph.constant([corner], []);
    const rows = graph.node('Gather', [table, graph.node('Gather', [index, which], { axis: 0 })], {
      axis: 0,
    });
    const share = graph.node('Gather', [weight, which], { axis: 0 });
    return graph.node('Mul', [rows, graph.node('Unsqueeze', [share, axis])]);
  });
  return corners.reduce((sum, corner) => graph.node('Add', [sum, corner]));
}

function block(
  { graph, weights, config }: Tower,
  prefix: string,
  input: string,
  cos: string,
  sin: string,
): string {
  const { hiddenSize, heads, headDim, intermediateSize } = config.vision;
  const normed = layerNorm(graph, weights, `${prefix}.norm1`, input, hiddenSize);
  const qkv = weights.linear(normed, `${prefix}.attn.qkv`, 3 * hiddenSize, hiddenSize, { bias: true });
  const [q = '', k = '', v = ''] = graph.nodes('Split', [qkv], 3, { axis: -1, num_outputs: 3 });
  const start = graph.constant([0]);
  const rotate = (x: string): string => graph.node('com.microsoft.RotaryEmbedding', [x, start, cos, sin]);
  const attended = graph.node('com.microsoft.MultiHeadAttention', [rotate(q), rotate(k), v], {
    num_heads: heads,
    scale: { float: headDim ** -0.5 },
  });
  const projected = weights.linear(attended, `${prefix}.attn.proj`, hiddenSize, hiddenSize, { bias: true });
  const middle = graph.node('Add', [input, projected]);

  const normed2 = layerNorm(graph, weights, `${prefix}.norm2`, middle, hiddenSize);
  const up = weights.linear(normed2, `${prefix}.mlp.linear_fc1`, intermediateSize, hiddenSize, {
    bias: true,
  });
  const active = graph.node('Gelu', [up], { approximate: 'tanh' });
  const down = weights.linear(active, `${prefix}.mlp.linear_fc2`, hiddenSize, intermediateSize, {
    bias: true,
  });
  return graph.node('Add', [middle, down]);
}

/** Joins each square of patches into one token. The final merger normalises patches, DeepStack's the joined token. */
function merger(
  { graph, weights, config }: Tower,
  prefix: string,
  input: string,
  order: 'norm-first' | 'merge-first',
): string {
  const { hiddenSize, mergeSize } = config.vision;
  const merged = hiddenSize * mergeSize ** 2;
  const shape = graph.constant([0, -1, merged]);
  const join = (x: string): string => graph.node('Reshape', [x, shape]);
  const tokens =
    order === 'norm-first'
      ? join(layerNorm(graph, weights, `${prefix}.norm`, input, hiddenSize))
      : layerNorm(graph, weights, `${prefix}.norm`, join(input), merged);
  const up = weights.linear(tokens, `${prefix}.linear_fc1`, merged, merged, { bias: true });
  const active = graph.node('Gelu', [up], { approximate: 'none' });
  return weights.linear(active, `${prefix}.linear_fc2`, config.text.hiddenSize, merged, { bias: true });
}

function layerNorm(
  graph: GraphBuilder,
  weights: GraphWeights,
  prefix: string,
  x: string,
  size: number,
): string {
  const scale = weights.tensor(`${prefix}.weight`, [size]);
  const bias = weights.tensor(`${prefix}.bias`, [size]);
  return graph.node('LayerNormalization', [x, scale, bias], { axis: -1, epsilon: EPSILON });
}
