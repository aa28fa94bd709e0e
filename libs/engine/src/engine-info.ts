import type { Precision } from '@qwenvl/exporter';
import type { PrefillWeights } from './loading/prefill-weights.js';
import type { KvCacheType } from './runtime/kv-buffers.js';
import type { Device } from './runtime/device.js';

/** What a loaded engine is. */
export interface EngineInfo {
  /** The hub id or folder that was asked for. */
  readonly model: string;
  /** Commit of a checkpoint from the hub; undefined for a local folder. */
  readonly revision: string | undefined;
  readonly precision: Precision;
  /** Most tokens of prompt and answer together. */
  readonly contextLength: number;
  /** Tokens that end an answer, from `generation_config.json`. */
  readonly eosTokenIds: readonly number[];
  /** Always true: every Qwen3-VL checkpoint has a vision tower. */
  readonly hasVision: boolean;
  /** Most pixels of a picture that the model is shown, by the checkpoint's image processor: larger ones are shrunk. */
  readonly maxImagePixels: number;
  /** True when answers begin inside the reasoning, as those of the Thinking checkpoints do. */
  readonly thinking: boolean;
  readonly vocabSize: number;
  /** How onnxruntime is called: through its C interface, or through the binding of onnxruntime-node. */
  readonly runtime: 'native' | 'stock';
  /** Why the native runtime is not in use, where it was wanted; undefined otherwise. */
  readonly runtimeFallback: string | undefined;
  /** The processor that computes. */
  readonly device: Device;
  /** How keys and values are held. */
  readonly kvCache: KvCacheType;
  /** The weights that prompts are computed with. */
  readonly prefillWeights: PrefillWeights;
  /**
   * True when what a token gives is the same to the last bit in whatever step it is computed, alone or with others, so
   * that neither other requests nor guesses, chunks or known prompts show in an answer.
   */
  readonly exactRows: boolean;
}
