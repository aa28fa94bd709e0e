import { topTokens } from './top-tokens.js';
import type { SamplingSettings } from './settings.js';

/** The tokens that may be drawn. `weights` are in proportion to their probabilities and add up to `total`. */
export interface Candidates {
  readonly ids: Uint32Array;
  readonly weights: Float64Array;
  readonly total: number;
}

/**
 * Temperature, top-k, top-p and min-p over penalised logits. Nothing sorts the whole vocabulary: top-k is a bounded
 * heap, and without it only tokens that could be in the nucleus are sorted.
 */
export class CandidateSelector {
  readonly #ids: Uint32Array;
  readonly #weights: Float64Array;

  /** Allocates the working memory once: 12 bytes for each of `vocabSize` tokens. */
  constructor(vocabSize: number) {
    this.#ids = new Uint32Array(vocabSize);
    this.#weights = new Float64Array(vocabSize);
  }

  /**
   * @param logits `[vocab]`; `max` is the largest of them
   * @param settings with `temperature > 0`
   * @returns views on the working memory, good until the next call; the most probable first unless nothing is cut
   */
  select(logits: Float32Array, max: number, settings: SamplingSettings): Candidates {
    const weight = (id: number): number => Math.exp(((logits[id] ?? -Infinity) - max) / settings.temperature);
    const ordered = settings.topK > 0 ? this.#mostProbable(logits, settings.topK) : this.#all(logits.length);
    let total = 0;
    for (let i = 0; i < ordered; i++) total += this.#weights[i] = weight(this.#ids[i] ?? 0);
    if (settings.topK === 0) {
      if (settings.topP === 1 && settings.minP === 0) return this.#first(ordered, total);
      const kept = this.#sortAbove(Math.max(((1 - settings.topP) * total) / logits.length, settings.minP));
      return this.#cut(kept, total, settings);
    }
    return this.#cut(ordered, total, settings);
  }

  #mostProbable(logits: Float32Array, count: number): number {
    const top = topTokens(logits, count);
    this.#ids.set(top);
    return top.length;
  }

  #all(length: number): number {
    for (let id = 0; id < length; id++) this.#ids[id] = id;
    return length;
  }

  /**
   * Keeps the tokens whose weight reaches `cutoff`, most probable first, and says how many. All tokens below
   * `(1 - topP) / vocab` together weigh less than `1 - topP`, so none of them is in the nucleus.
   */
  #sortAbove(cutoff: number): number {
    const weights = this.#weights;
    let kept = 0;
    for (let id = 0; id < weights.length; id++) if ((weights[id] ?? 0) >= cutoff) this.#ids[kept++] = id;
    const ids = this.#ids.subarray(0, kept);
    ids.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
    const sorted = Float64Array.from(ids, (id) => weights[id] ?? 0);
    weights.set(sorted);
    return kept;
  }

  /** Top-p: the smallest leading set that reaches `topP`; then min-p: those not below a share of the first. */
  #cut(count: number, total: number, settings: SamplingSettings): Candidates {
    // 1 cuts nothing: the running sum may round to the total before the last candidate.
    const nucleus = settings.topP === 1 ? Infinity : settings.topP * total;
    const least = settings.minP * (this.#weights[0] ?? 0);
    let kept = 0;
    let sum = 0;
    while (kept < count && (kept === 0 || sum < nucleus)) {
      const weight = this.#weights[kept] ?? 0;
      if (weight < least) break;
      sum += weight;
      kept += 1;
    }
    return this.#first(kept, sum);
  }

  #first(count: number, total: number): Candidates {
    return { ids: this.#ids.subarray(0, count), weights: this.#weights.subarray(0, count), total };
  }
}
