import { decodeBeam, type Hypothesis, type Posteriors } from '../ocr/ctc.js';
import { DIGITS_ONLY, restrict } from '../ocr/confusions.js';

/** The NIK as all looks at it together read it. */
export interface NikReading {
  readonly text: string;
  /** Probability of the text among all texts considered, `[0, 1]`. */
  readonly confidence: number;
  /** What each look read by itself. */
  readonly looks: readonly string[];
}

/** Log probability for a text that a look did not consider at all. */
const UNSEEN = -14;
/** Digits that a NIK has, and that shapes can be compared at. */
const LENGTH = 16;

/** One look at the NIK through the recogniser: digits only, likeliest text first. */
export function lookThroughRecogniser(posteriors: Posteriors): Hypothesis[] {
  return decodeBeam(restrict(posteriors, DIGITS_ONLY));
}

/** One look at the NIK through the shapes of its digits, as log probabilities `[16, 10]`: its likeliest text. */
export function lookThroughShapes(shapes: readonly Float32Array[]): Hypothesis {
  const best = shapes.map((row) => row.indexOf(Math.max(...row)));
  const logProbability = shapes.reduce((sum, row, i) => sum + (row[best[i] ?? 0] ?? UNSEEN), 0);
  return { text: best.join(''), logProbability };
}

/**
 * Decides on the digits: the text whose probability, multiplied over all looks, is greatest. Nothing about the
 * digits' meaning takes part, so that a wrong reading stays visible to the validation.
 *
 * @param looks hypotheses of each look through the recogniser
 * @param shapes log probabilities `[16, 10]` of the comparison with OCR-A, where it was made
 */
export function decideNik(
  looks: readonly (readonly Hypothesis[])[],
  shapes?: readonly Float32Array[],
): NikReading {
  const byShape = shapes && lookThroughShapes(shapes);
  const candidates = [...new Set([...looks.flat(), ...(byShape ? [byShape] : [])].map(({ text }) => text))];
  const totals = candidates.map(
    (text) =>
      looks.reduce((sum, look) => sum + logProbability(look, text), 0) +
      (shapes ? shapeScore(shapes, text) : 0),
  );
  const best = Math.max(...totals);
  const evidence = totals.reduce((sum, total) => sum + Math.exp(total - best), 0);
  const alone = looks.length === 1 && !shapes;
  return {
    text: candidates[totals.indexOf(best)] ?? '',
    confidence: candidates.length === 0 ? 0 : alone ? Math.min(1, Math.exp(best)) : 1 / evidence,
    looks: [...looks.map((look) => look[0]?.text ?? ''), ...(byShape ? [byShape.text] : [])],
  };
}

function logProbability(look: readonly Hypothesis[], text: string): number {
  return look.find((hypothesis) => hypothesis.text === text)?.logProbability ?? UNSEEN;
}

/** Shapes compared at the wrong places fit nothing: beyond this they say no more against one text than another. */
const WORST_SHAPES = 2 * UNSEEN;

function shapeScore(shapes: readonly Float32Array[], text: string): number {
  if (text.length !== LENGTH) return WORST_SHAPES;
  const sum = shapes.reduce((total, row, i) => total + Math.max(UNSEEN, row[Number(text[i])] ?? UNSEEN), 0);
  return Math.max(WORST_SHAPES, sum);
}
