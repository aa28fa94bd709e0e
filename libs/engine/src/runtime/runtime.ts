import type { BlockMaxima } from '../sampling/top-tokens.js';

/** Sizes that a runtime's buffers follow from. */
export interface ModelShape {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly hidden: number;
  readonly vocab: number;
  /** Number of DeepStack features the vision graph gives and the decoder takes. */
  readonly deepstack: number;
  /** Length of a flattened patch. */
  readonly patchLength: number;
  /** Patches that become one token. */
  readonly patchesPerToken: number;
}

/** Keys and values of one sequence. They belong to the runtime; the holder says when they are no longer needed. */
export interface KvCache {
  /** Tokens that are in it. */
  readonly length: number;
  /** Forgets all tokens from `length` on. */
  truncate(length: number): void;
  /** A cache of its own that holds the first `length` tokens of this one. */
  copy(length: number): KvCache;
  /** The same, and this one is released: nothing need be copied where it shares its memory with no other sequence. */
  detach(length: number): KvCache;
  /** Frees the memory; the cache may not be used afterwards. */
  release(): void;
}

/** Tokens of one sequence to be appended to its cache. */
export interface DecoderInput {
  readonly cache: KvCache;
  /** `[tokens, hidden]`, media rows in place. */
  readonly embeds: Float32Array;
  /** Interleaved mRoPE, `[tokens, headDim / 2]` each. */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  /** One `[tokens, hidden]` for each DeepStack feature, zeros at text rows; undefined where there are no media. */
  readonly deepstack?: readonly Float32Array[] | undefined;
  /** True for tokens of a prompt: they may be computed with weights of their own, however few they are. */
  readonly isPrompt?: boolean;
  /** Rows (from 0) whose logits are wanted, at least one. */
  readonly logitRows: readonly number[];
}

/** Frames of one size for the vision graph; see the graph contract for the shapes. */
export interface VisionInput {
  readonly frames: number;
  /** Patches of one frame. */
  readonly patches: number;
  readonly pixelValues: Float32Array;
  readonly positionIndex: BigInt64Array;
  readonly positionWeight: Float32Array;
  readonly rotaryCos: Float32Array;
  readonly rotarySin: Float32Array;
}

/** `[frames * patches / patchesPerToken, hidden]` each. */
export interface VisionFeatures {
  readonly features: Float32Array;
  readonly deepstack: readonly Float32Array[];
}

/**
 * What stands between the decoder and the library that computes. It knows tensors and nothing of prompts, tokens'
 * meaning or sampling; how keys and values are held is its own business.
 *
 * Calls do not overlap: the scheduler awaits one before the next.
 */
export interface Runtime {
  readonly shape: ModelShape;
  /** Bytes that one token's keys and values take. */
  readonly bytesPerToken: number;
  /**
   * True when a token's keys, values and logits are the same to the last bit in whatever step they are computed: alone,
   * with others of its sequence, beside other sequences. Otherwise kernels round differently with the number of rows.
   */
  readonly exactRows: boolean;
  /** Where there is a faster way to search logits than JavaScript. */
  readonly blockMaxima?: BlockMaxima | undefined;
  /** Embedding rows, `[ids.length, hidden]`. */
  embed(ids: Int32Array): Promise<Float32Array>;
  encodeVision(input: VisionInput): Promise<VisionFeatures>;
  createCache(): KvCache;
  /**
   * Appends tokens to their caches and returns the wanted logits, `[logitRows.length, vocab]` for each input. Either one
   * input of any length, or several of one token each, which share one pass over the weights. The
   * logits are good until the next call.
   */
  forward(inputs: readonly DecoderInput[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}
