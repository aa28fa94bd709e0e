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
}

/** Defaults; `maxCachedTokens` follows from the memory. */
export const defaultLimits: Omit<SchedulerLimits, 'maxCachedTokens'> = {
  maxSequences: 8,
  maxQueued: 64,
  prefillChunk: 256,
  sharedPrefillChunk: 64,
  deterministic: false,
};

/** Rows of logits that one chunk may return where log probabilities of known tokens are wanted. */
export const maxLogitRows = 32;
