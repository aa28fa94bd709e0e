import type { CheckpointConfig } from '../config/checkpoint-config.js';
import type { ExportOptions } from '../export-options.js';
import { rotationGroup } from '../weights/rotate.js';
import { DataFilePlan, type Encoding } from '../weights/weight-plan.js';
import { planDecoder, type DecoderOptions } from './decoder-graph.js';
import { planEmbedding } from './embedding-graph.js';
import type { GraphPlan } from './graph-plan.js';
import { planVision } from './vision-graph.js';

/** Plans all graphs from the config alone. `exposeHidden` and `rotated` are for tests; see the decoder's options. */
export function planGraphs(
  config: CheckpointConfig,
  options: ExportOptions & { readonly exposeHidden?: boolean; readonly rotated?: boolean },
): GraphPlan[] {
  const encoding = encodingOf(options);
  const rotated = options.rotated ?? options.precision === 'q4';
  const streamRotation = rotated ? rotationGroup(config.text.hiddenSize) : undefined;
  const { plan: embedding, table } = planEmbedding(config, encoding, streamRotation);
  const common = { encoding, embeddingTable: table, streamRotation };
  const decoder = planDecoder(config, { ...common, exposeHidden: options.exposeHidden ?? false });
  const prefill = options.int8Prefill === true ? [planPrefill(config, common)] : [];
  // Planned alike, it refers to the very bytes of the first.
  const int8Cache = planDecoder(config, { ...common, kvCache: 'int8' });
  return [
    planVision(config, visionEncoding(encoding)),
    embedding,
    { ...decoder, variants: [{ file: 'decoder.int8-cache.onnx', model: int8Cache.model }] },
    ...prefill,
  ];
}

/** The decoder for prompts, over 8-bit weights of its own; with either kind of cache. */
function planPrefill(config: CheckpointConfig, options: DecoderOptions): GraphPlan {
  const plan = (kvCache: 'f32' | 'int8'): GraphPlan =>
    planDecoder(config, { ...options, kvCache, int8File: new DataFilePlan('prefill.onnx.data') });
  return {
    ...plan('f32'),
    variants: [{ file: 'prefill.int8-cache.onnx', model: plan('int8').model }],
  };
}

/** A weight that a checkpoint holds. */
export interface CheckpointWeight {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Names and shapes of all the weights that a checkpoint of this config holds. */
export function listWeights(config: CheckpointConfig): CheckpointWeight[] {
  return planGraphs(config, { precision: 'fp32', blockSize: 64 })
    .flatMap(({ data }) => data.weights)
    .map(({ source, sourceShape }) => ({ name: source, shape: sourceShape }));
}

/**
 * The vision tower never goes below 8 bits: 4 cost ten times the error in its features (30 % instead of 2 %, random
 * weights) for no speed, since it is bound by arithmetic and not by reading weights.
 */
function visionEncoding(encoding: Encoding): Encoding {
  return encoding.kind === 'blocks' ? { ...encoding, bits: 8 } : encoding;
}

function encodingOf({ precision, blockSize }: ExportOptions): Encoding {
  switch (precision) {
    case 'fp32':
      return { kind: 'f32' };
    case 'fp16':
      return { kind: 'f16' };
    case 'q8':
      return { kind: 'blocks', bits: 8, blockSize };
    case 'q4':
      return { kind: 'blocks', bits: 4, blockSize };
  }
}
