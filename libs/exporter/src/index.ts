/**
 * Exports Qwen3-VL checkpoints (safetensors) to quantised ONNX graphs.
 *
 * @example
 * ```ts
 * import { exportCheckpoint } from '@qwenvl/exporter';
 *
 * const manifest = await exportCheckpoint({
 *   source: './Qwen3-VL-2B-Thinking',
 *   target: './Qwen3-VL-2B-Thinking/onnx-q4',
 *   precision: 'q4',
 *   onProgress: ({ phase, doneBytes, totalBytes }) => console.log(phase, doneBytes / totalBytes),
 * });
 * ```
 *
 * @module
 */
export { checkpointConfigSchema, patchLength, type CheckpointConfig } from './config/checkpoint-config.js';
export { parseCheckpointConfig } from './config/parse-checkpoint-config.js';
export { readCheckpointConfig } from './config/read-checkpoint-config.js';
export { ExporterError, type ExporterErrorCode } from './errors.js';
export { exportCheckpoint } from './export-checkpoint.js';
export type { BlockSize, ExportOptions, Precision } from './export-options.js';
export type { ExportProgress, ExportRequest } from './export-request.js';
export type { GraphName } from './graphs/graph-plan.js';
export { takesOwnAttention } from './graphs/own-attention.js';
export { listWeights, type CheckpointWeight } from './graphs/plan-graphs.js';
export { exportManifestSchema, readManifest, type ExportManifest, type SourceFile } from './manifest.js';
export { decodeModel, encodeModel } from './onnx/proto.js';
export { isUpToDate } from './up-to-date.js';
