import type { CheckpointConfig } from '../config/checkpoint-config.js';
import type { ExportOptions } from '../export-options.js';
import { rotationGroup } from '../weights/rotate.js';
import { DataFilePlan, type Encoding } from '../weights/weight-plan.js';
import { planDecoder, type DecoderOptions } from './decoder-graph.js';
import { planEmbedding } from './embedding-graph.js';
import type { GraphPlan, GraphVariant } from './graph-plan.js';
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
  return [
    vision(config, visionEncoding(encoding)),
    embedding,
    { ...decoder, variants: decoderVariants(config, common) },
    ...prefill,
  ];
}

/** Planned alike, they refer to the very bytes of the first. */
function decoderVariants(config: CheckpointConfig, options: DecoderOptions): GraphVariant[] {
  const plan = (name: string, more: Partial<DecoderOptions>): GraphVariant => ({
    file: `decoder.${name}.onnx`,
    model: planDecoder(config, { ...options, ...more }).model,
  });
  const int8Cache = plan('int8-cache', { kvCache: 'int8' });
  if (options.encoding.kind !== 'blocks') return [int8Cache];
  return [
    int8Cache,
    plan('native', { operators: 'native' }),
    plan('int8-cache.native', { kvCache: 'int8', operators: 'native' }),
  ];
}

function vision(config: CheckpointConfig, encoding: Encoding): GraphPlan {
  const plan = planVision(config, encoding);
  if (encoding.kind !== 'blocks') return plan;
  return {
    ...plan,
    variants: [{ file: 'vision.native.onnx', model: planVision(config, encoding, 'native').model }],
  };
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
