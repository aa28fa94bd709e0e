import { decodeBeam, type Posteriors } from '../ocr/ctc.js';
import { DIGITS_ONLY, restrict } from '../ocr/confusions.js';

/** The NIK as several looks at it agree on it. */
export interface NikReading {
  readonly text: string;
  /** Geometric mean of the probability that the looks give to the text, `[0, 1]`. */
  readonly confidence: number;
  /** What each look read by itself, in the order given. */
  readonly looks: readonly string[];
}

/** Log probability for a text that a look did not consider at all. */
const UNSEEN = -14;

/**
 * Decides on the digits from several pictures of the same line: the text whose probability, multiplied over
 * all looks, is greatest. Digits only; nothing about their meaning takes part, so that a wrong reading stays
 * visible to the validation.
 */
export function decideNik(looks: readonly Posteriors[]): NikReading {
  const hypotheses = looks.map((look) => decodeBeam(restrict(look, DIGITS_ONLY)));
  const candidates = new Set(hypotheses.flatMap((list) => list.map(({ text }) => text)));
  let text = '';
  let best = -Infinity;
  for (const candidate of candidates) {
    const total = hypotheses.reduce(
      (sum, list) => sum + (list.find((other) => other.text === candidate)?.logProbability ?? UNSEEN),
      0,
    );
    if (total > best) {
      best = total;
      text = candidate;
    }
  }
  return {
    text,
    confidence: looks.length > 0 && Number.isFinite(best) ? Math.min(1, Math.exp(best / looks.length)) : 0,
    looks: hypotheses.map((list) => list[0]?.text ?? ''),
  };
}
