/**
 * A set of token ids as bits: token `id` is allowed when bit `id & 31` of word `id >> 5` is set,
 * `ceil(vocab / 32)` words. The layout that grammar libraries use for constrained decoding.
 */
export type AllowMask = Uint32Array | Int32Array;

/** Sets the logits of tokens that are not allowed to minus infinity, in place. Ids beyond the mask are not allowed. */
export function applyAllowMask(logits: Float32Array, mask: AllowMask): void {
  for (let word = 0, first = 0; first < logits.length; word++, first += 32) {
    const bits = mask[word] ?? 0;
    if (bits === 0) {
      logits.fill(-Infinity, first, first + 32);
      continue;
    }
    const end = Math.min(first + 32, logits.length);
    for (let id = first; id < end; id++) if (((bits >>> (id - first)) & 1) === 0) logits[id] = -Infinity;
  }
}
