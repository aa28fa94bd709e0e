import { topTokens } from './top-tokens.js';

/** A token and the natural logarithm of its probability. */
export interface IdLogprob {
  readonly id: number;
  readonly logprob: number;
}

/** `log(sum(exp(logits)))`, in double precision. */
export function logSumExp(logits: Float32Array): number {
  let max = -Infinity;
  for (const logit of logits) if (logit > max) max = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - max);
  return max + Math.log(sum);
}

/**
 * The log probability of the chosen token and those of the `count` most probable ones, under the distribution of
 * `logits` `[vocab]` as they are.
 */
export function logprobsOf(
  logits: Float32Array,
  chosen: number,
  count: number,
): IdLogprob & { readonly top: readonly IdLogprob[] } {
  const total = logSumExp(logits);
  const of = (id: number): IdLogprob => ({ id, logprob: (logits[id] ?? -Infinity) - total });
  return { ...of(chosen), top: Array.from(topTokens(logits, count), of) };
}
