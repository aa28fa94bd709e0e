/** What a model said about one token: its log probability, and those of the most probable tokens. */
export interface TokenJudgement {
  readonly id: number;
  readonly logprob: number;
  /** Id → log probability, the most probable first. */
  readonly top: ReadonlyMap<number, number>;
}

/** How far a model's judgements of the same tokens lie from the reference's; log probabilities in nats. */
export interface Divergence {
  readonly tokens: number;
  /** Share of tokens that both hold for the most probable. */
  readonly sameTop: number;
  readonly meanLogprobDifference: number;
  readonly maxLogprobDifference: number;
  /** Mean KL divergence over the reference's most probable tokens. */
  readonly kl: number;
}

/** A token outside the other model's list is less probable than the last in it; that one's value bounds it. */
function logprobOf(id: number, { top }: TokenJudgement): number {
  return top.get(id) ?? Math.min(...top.values());
}

/** Both lists must judge the same tokens in the same order. */
export function divergence(
  reference: readonly TokenJudgement[],
  other: readonly TokenJudgement[],
): Divergence {
  let same = 0;
  let sum = 0;
  let max = 0;
  let kl = 0;
  for (const [index, expected] of reference.entries()) {
    const actual = other[index];
    if (actual?.id !== expected.id) throw new Error('the judgements are of different tokens');
    const difference = Math.abs(actual.logprob - expected.logprob);
    sum += difference;
    max = Math.max(max, difference);
    if (first(expected) === first(actual)) same++;
    for (const [id, logprob] of expected.top) {
      kl += Math.exp(logprob) * (logprob - logprobOf(id, actual));
    }
  }
  const tokens = reference.length;
  return {
    tokens,
    sameTop: same / tokens,
    meanLogprobDifference: sum / tokens,
    maxLogprobDifference: max,
    kl: kl / tokens,
  };
}

function first({ top }: TokenJudgement): number | undefined {
  return top.keys().next().value;
}

/** Tokens from the start that two answers have in common. */
export function commonLength(a: readonly number[], b: readonly number[]): number {
  const end = a.findIndex((id, index) => id !== b[index]);
  return end < 0 ? a.length : end;
}
