/** What bounds the scheduler's memory and the time of one of its steps. */
export interface SchedulerLimits {
  /** Sequences that are computed at the same time. */
  readonly maxSequences: number;
  /** Requests that wait for a place; one more is refused with `queue-full`. */
  readonly maxQueued: number;
  /** Tokens in all caches together. */
  readonly maxCachedTokens: number;
  /** Tokens of a prompt in one step: between two steps a request can be cancelled. */
  readonly prefillChunk: number;
  /** The same while other sequences are decoding and would otherwise wait longer for their next token. */
  readonly sharedPrefillChunk: number;
  /**
   * Each sequence takes its steps alone, in chunks of `prefillChunk`, and is admitted only when its longest answer
   * fits beside the others': what it computes does not depend on them.
   */
  readonly deterministic: boolean;
  /**
   * Keeps keys and values of sequences that have ended, in what the active ones leave of `maxCachedTokens`, for
   * prompts that begin alike.
   */
  readonly prefixCache: boolean;
  /**
   * `prompt-lookup` guesses further tokens of a sequence that decodes alone and tries them in the same step; never with
   * `deterministic`. `auto` does where rows are exact, so that no answer changes by a bit.
   */
  readonly speculation: 'auto' | 'off' | 'prompt-lookup';
  /** Bytes of vision features that are kept for pictures that come again; 0 keeps none. */
  readonly maxFeatureBytes: number;
}

/** Defaults; `maxCachedTokens` follows from the memory. */
export const defaultLimits: Omit<SchedulerLimits, 'maxCachedTokens'> = {
  maxSequences: 8,
  maxQueued: 64,
  prefillChunk: 256,
  sharedPrefillChunk: 64,
  deterministic: false,
  prefixCache: true,
  speculation: 'auto',
  maxFeatureBytes: 256 * 2 ** 20,
};

/** Rows of logits that one chunk may return where log probabilities of known tokens are wanted. */
export const maxLogitRows = 32;
