import { EngineError } from '../errors.js';
import { applyAllowMask, type AllowMask } from './allow-mask.js';
import { CandidateSelector, type Candidates } from './candidates.js';
import { logprobsOf, type IdLogprob } from './logprobs.js';
import { applyPenalties } from './penalties.js';
import { uniform } from './random.js';
import type { SamplingSettings } from './settings.js';
import type { TokenHistory } from './token-history.js';
import type { BlockMaxima } from './top-tokens.js';

/** What one choice depends on besides the logits. */
export interface SampleInput {
  readonly settings: SamplingSettings;
  /** The sequence so far; the caller adds the chosen token to it. */
  readonly history: TokenHistory;
  readonly seed: number;
  /** Index of the token among the generated ones, from 0. */
  readonly position: number;
  /** Only these tokens may be chosen. */
  readonly allow?: AllowMask | undefined;
  /** How many alternatives to report, 0 and up; undefined reports nothing. */
  readonly topLogprobs?: number | undefined;
}

export interface Sample {
  readonly id: number;
  /** Under the model's own distribution, before mask, penalties and temperature. */
  readonly logprob?: IdLogprob & { readonly top: readonly IdLogprob[] };
}

/**
 * Chooses the next token: allow-mask, penalties and bias, then greedy (temperature 0) or temperature, top-k, top-p,
 * min-p and a draw. One sampler serves any number of sequences in turn; it keeps working memory only.
 */
export class Sampler {
  readonly #work: Float32Array;
  readonly #selector: CandidateSelector;

  /** Allocates 16 bytes for each of `vocabSize` tokens. */
  constructor(vocabSize: number, blockMaxima?: BlockMaxima) {
    this.#work = new Float32Array(vocabSize);
    this.#selector = new CandidateSelector(vocabSize, blockMaxima);
  }

  /**
   * @param logits `[vocab]`, left as they are
   * @throws {EngineError} `checkpoint-corrupt`: no logit is a finite number. `invalid-request`: the mask allows none.
   */
  sample(logits: Float32Array, input: SampleInput): Sample {
    const id = this.#choose(logits, input);
    if (input.topLogprobs === undefined) return { id };
    return { id, logprob: logprobsOf(logits, id, input.topLogprobs) };
  }

  #choose(logits: Float32Array, input: SampleInput): number {
    return draw(this.#candidates(logits, input), uniform(input.seed, input.position));
  }

  /** The distribution that `sample` would draw from: ids and probabilities, the most probable first unless nothing is cut. */
  distribution(logits: Float32Array, input: SampleInput): { ids: Uint32Array; probabilities: Float64Array } {
    const { ids, weights, total } = this.#candidates(logits, input);
    return { ids: ids.slice(), probabilities: weights.map((weight) => weight / total) };
  }

  /** Logits after penalties, bias and mask, in working memory. */
  #changed(logits: Float32Array, { settings, history, allow }: SampleInput): Float32Array {
    const work = this.#work;
    work.set(logits);
    applyPenalties(work, settings, history);
    if (allow) applyAllowMask(work, allow);
    return work;
  }

  #candidates(logits: Float32Array, input: SampleInput): Candidates {
    const work = changesLogits(input) ? this.#changed(logits, input) : logits;
    const candidates = this.#selector.select(work, input.settings);
    if (candidates) return candidates;
    throw input.allow && logits.some(Number.isFinite)
      ? new EngineError('invalid-request', 'The constraint allows no token here.')
      : new EngineError(
          'checkpoint-corrupt',
          'The model produced no finite logit; its weights may be damaged.',
        );
  }
}

function changesLogits({ settings, allow }: SampleInput): boolean {
  const { repetitionPenalty, presencePenalty, frequencyPenalty, logitBias } = settings;
  const penalties = repetitionPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
  return penalties || logitBias.length > 0 || allow !== undefined;
}

/** Inverse transform: the candidate at which the running weight passes `random * total`. */
function draw({ ids, weights, total }: Candidates, random: number): number {
  const target = random * total;
  let sum = 0;
  let last = 0;
  for (let i = 0; i < ids.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight > 0) last = ids[i] ?? 0;
    sum += weight;
    if (sum > target) return last;
  }
  return last; // rounding left the sum a hair short
}
