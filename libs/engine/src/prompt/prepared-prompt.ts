/** Patch counts of an image (`t` is 1) or a video: temporal patches, patch rows, patch columns (before merging). */
export interface Grid {
  readonly t: number;
  readonly h: number;
  readonly w: number;
}

/** A run of token positions: `[start, start + length)`. */
export interface TokenSpan {
  readonly start: number;
  readonly length: number;
}

/** One image or video of a prompt: where its features go, and its patches on demand. */
export interface PreparedMedia {
  readonly kind: 'image' | 'video';
  readonly grid: Grid;
  /**
   * Where the merged features go, `grid.t` spans of `grid.h * grid.w / mergeSize ** 2` tokens each: one for an
   * image, one for each temporal patch of a video.
   */
  readonly spans: readonly TokenSpan[];
  /**
   * Resizes and cuts temporal patches `[from, to)` into normalised rows in merge-block order:
   * f32 `[to - from, grid.h * grid.w, channels * temporalPatch * patch * patch]`. Computed anew at each call and
   * not kept, so that a long video never stands in memory whole.
   */
  patches(from: number, to: number): Float32Array;
  /** Names the patches by their content: equal digests mean equal patches, grid included. */
  digest(): string;
}

/** A conversation ready for the decoder. */
export interface PreparedPrompt {
  /** Token ids with media pads expanded, `[tokens]`. */
  readonly ids: Int32Array;
  /** mRoPE positions, `[3, tokens]`: time, height, width. */
  readonly positions: Int32Array;
  /** The position of the token at cache index `i >= tokens` is `i + ropeDelta` on all three axes. */
  readonly ropeDelta: number;
  /** In order of appearance. */
  readonly media: readonly PreparedMedia[];
  /** Messages left out to fit the context, the oldest first; system messages are never among them. */
  readonly droppedTurns: number;
}
