import { topTokens, type BlockMaxima } from './top-tokens.js';
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
  readonly #blockMaxima: BlockMaxima | undefined;

  /** Allocates the working memory once: 12 bytes for each of `vocabSize` tokens. */
  constructor(vocabSize: number, blockMaxima?: BlockMaxima) {
    this.#blockMaxima = blockMaxima;
    this.#ids = new Uint32Array(vocabSize);
    this.#weights = new Float64Array(vocabSize);
  }

  /**
   * @param logits `[vocab]`
   * @returns views on the working memory, good until the next call; the most probable first unless nothing is cut.
   * The most probable one alone for a temperature of 0; undefined when no logit is a finite number
   */
  select(logits: Float32Array, settings: SamplingSettings): Candidates | undefined {
    const { temperature, topK, topP, minP } = settings;
    const most = topTokens(logits, temperature === 0 ? 1 : Math.max(1, topK), this.#blockMaxima);
    const max = logits[most[0] ?? -1] ?? NaN;
    if (!Number.isFinite(max)) return undefined;
    this.#ids.set(most);
    if (temperature === 0) return this.#first(1, (this.#weights[0] = 1));
    const ordered = topK > 0 ? most.length : this.#all(logits.length);
    let total = 0;
    for (let i = 0; i < ordered; i++) {
      const logit = logits[this.#ids[i] ?? 0] ?? -Infinity;
      total += this.#weights[i] = Math.exp((logit - max) / temperature);
    }
    if (topK > 0) return this.#cut(ordered, total, settings);
    if (topP === 1 && minP === 0) return this.#first(ordered, total);
    return this.#cut(this.#sortAbove(Math.max(((1 - topP) * total) / logits.length, minP)), total, settings);
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
