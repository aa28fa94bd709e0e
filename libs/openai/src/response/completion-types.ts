import type { CompletionUsage, Extensions } from './types.js';

/** Probabilities of a completion's tokens: four lists of equal length. */
export interface CompletionLogprobs {
  readonly tokens: readonly string[];
  readonly token_logprobs: readonly number[];
  /** For each token the likeliest ones, its own among them. */
  readonly top_logprobs: readonly Readonly<Record<string, number>>[];
  /** Where each token begins in the text, in characters (code points). */
  readonly text_offset: readonly number[];
}

/** One choice of a chunk; `finish_reason` is null in all but its last. */
export interface CompletionChunkChoice {
  readonly index: number;
  readonly text: string;
  readonly logprobs: CompletionLogprobs | null;
  readonly finish_reason: 'stop' | 'length' | null;
}

/** One event of a streamed `text_completion`. */
export interface CompletionChunk extends Extensions {
  readonly id: string;
  readonly object: 'text_completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly CompletionChunkChoice[];
  /** Absent unless usage was asked for; then null in all chunks but the last, whose `choices` is empty. */
  readonly usage?: CompletionUsage | null;
}

/** A complete `text_completion`. */
export interface Completion extends Extensions {
  readonly id: string;
  readonly object: 'text_completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly (CompletionChunkChoice & { readonly finish_reason: 'stop' | 'length' })[];
  readonly usage: CompletionUsage;
}
