import type { BlockSize, Precision } from './export-options.js';
import type { GraphName } from './graphs/graph-plan.js';

/** How far an export has come, over all its phases. The checkpoint's bytes count twice: converted, then summed. */
export interface ExportProgress {
  readonly phase: 'checksum' | GraphName;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What to export, where to, and how. */
export interface ExportRequest {
  /** Folder with `config.json` and safetensors files, in Hugging Face layout. */
  readonly source: string;
  /** Folder to make; one that is there already is replaced when it is out of date. */
  readonly target: string;
  readonly precision: Precision;
  /** Weights that share a scale in `q8` and `q4`. Default 128. */
  readonly blockSize?: BlockSize | undefined;
  /**
   * Also write `prefill.onnx`: the decoder with 8-bit weights for many rows at once, 1.4 GB in a 2B model. Default
   * false; an export that has it also serves a request without.
   */
  readonly int8Prefill?: boolean | undefined;
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
  /** Stops the export within one step and removes what was written. */
  readonly signal?: AbortSignal | undefined;
}
