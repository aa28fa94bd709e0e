export interface PrepareOptions {
  /** Most tokens the prompt may take: what is left of the context after the room kept for the answer. */
  readonly maxPromptTokens: number;
  /** What to do with a prompt that does not fit. Default `drop-oldest`. */
  readonly overflow?: 'drop-oldest' | 'error' | undefined;
  /** Puts `Picture N: ` and `Video N: ` before media, as the template does on request. Default false. */
  readonly addVisionId?: boolean | undefined;
  /**
   * How a video is written. `legacy` (default) is what the checkpoints were published with: the timestamped frames
   * replace the template's vision start, pad and end. `nested` is transformers 5.10 and later: they replace
   * the pad alone, so that an outer start and end stay around them.
   */
  readonly videoPromptForm?: 'legacy' | 'nested' | undefined;
}
