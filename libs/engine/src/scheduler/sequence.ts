import { EngineError } from '../errors.js';
import type { PreparedPrompt } from '../prompt/prepared-prompt.js';
import type { KvCache } from '../runtime/runtime.js';
import { logprobsOf } from '../sampling/logprobs.js';
import type { Sample, Sampler } from '../sampling/sampler.js';
import type { SamplingSettings } from '../sampling/settings.js';
import { TokenHistory } from '../sampling/token-history.js';
import type { GenerateEvent } from '../types.js';
import type { Answer } from './answer.js';
import type { MediaEncoder } from './media-encoder.js';
import type { PrefixKey } from './prefix-cache.js';
import type { Drafter } from './speculation.js';
import type { TokenConstraint } from './token-constraint.js';

/** Most known tokens that a step with guesses takes; more are a chunk of their own. */
const maxKnownWithDraft = 16;

/** What one generation is to do, with every default filled in. */
export interface SequenceRequest {
  readonly prompt: PreparedPrompt;
  readonly sampling: SamplingSettings;
  readonly seed: number;
  /** Undefined reports no log probabilities. */
  readonly topLogprobs: number | undefined;
  /** Tokens of the answer that are known already: they are reported, not chosen. */
  readonly continueFrom: readonly number[];
  /** `chunked` takes them in chunks; `exact` in the very steps that generated them, since chunks round differently. */
  readonly replay: 'chunked' | 'exact';
  readonly constraint?: TokenConstraint | undefined;
  /** Given: further tokens are guessed and tried beside the known one while the sequence decodes alone. */
  readonly drafter?: Drafter | undefined;
  /** Keys and values of prompts that begin alike are shared within a scope only. */
  readonly cacheScope: string;
}

/** Where a sequence's events go. */
export interface SequenceListener {
  event(event: GenerateEvent): void;
  /** The sequence ends here without a `finish` event. */
  failed(error: unknown): void;
}

/**
 * One generation: the tokens known so far, how many of them are in the cache, how many of the answer were reported.
 * Prompt, tokens to continue from and forced tokens differ in nothing but that they are known; decoding is the case
 * of one known token that is not yet in the cache. An exact replay goes through the steps of the first run: it takes
 * the next given token wherever that run chose one, and so meets forced tokens in the same chunks.
 */
export class Sequence {
  readonly request: SequenceRequest;
  readonly answer: Answer;
  readonly listener: SequenceListener;
  /** Set when the request was cancelled; the scheduler drops the sequence before its next step. */
  cancelled = false;
  /** What it holds in the runtime, while it is admitted. */
  cache: KvCache | undefined;
  media: MediaEncoder | undefined;
  readonly #tokens: number[];
  /** Prompt tokens that were in the cache when it was first admitted. */
  #cachedTokens: number | undefined;
  /** Answers of an exact replay, by position. */
  readonly #given: readonly number[];
  readonly #history: TokenHistory;

  constructor(request: SequenceRequest, answer: Answer, listener: SequenceListener) {
    this.request = request;
    this.answer = answer;
    this.listener = listener;
    const { prompt, continueFrom, replay } = request;
    this.#tokens = replay === 'exact' ? [...prompt.ids] : [...prompt.ids, ...continueFrom];
    this.#given = replay === 'exact' ? continueFrom : [];
    this.#history = new TokenHistory(request.prompt.ids);
  }

  get promptLength(): number {
    return this.request.prompt.ids.length;
  }

  /** Tokens known so far, prompt included. */
  get length(): number {
    return this.#tokens.length;
  }

  /** Most tokens that it may come to, prompt included. */
  get maxLength(): number {
    return this.promptLength + this.answer.maxTokens;
  }

  /** Tokens that are in the cache. */
  get fed(): number {
    return this.cache?.length ?? 0;
  }

  /** True when the next step takes one token of the answer: it may be shared with others. */
  get decoding(): boolean {
    return this.fed >= this.promptLength && this.fed === this.length - 1;
  }

  /** Known tokens `[from, to)`. */
  ids(from: number, to: number): Int32Array {
    return Int32Array.from(this.#tokens.slice(from, to));
  }

  /**
   * End of the next chunk of known tokens, which never reaches from the prompt into the answer. What would leave fewer
   * than `rest` tokens of the prompt for a chunk of their own takes them along.
   */
  chunkEnd(size: number, rest: number): number {
    const inPrompt = this.fed < this.promptLength;
    const end = inPrompt ? this.promptLength : this.length;
    const next = this.fed + size;
    return inPrompt && end - next < rest ? end : Math.min(end, next);
  }

  /**
   * Rows of chunk `[from, to)` whose logits are needed: that after which a token must be chosen, and, where log
   * probabilities are wanted, those before known tokens of the answer that were not reported yet. Never empty.
   */
  logitRows(from: number, to: number): number[] {
    const rows: number[] = [];
    for (let row = from; row < to; row++) {
      if (this.request.topLogprobs !== undefined && row + 1 >= this.promptLength + this.answer.count) {
        rows.push(row - from);
      } else if (row === to - 1) rows.push(row - from);
    }
    return rows;
  }

  /** Reports known tokens up to `to` and, when all known tokens are in the cache, chooses and reports the next one. */
  advance(from: number, to: number, logits: Float32Array, sampler: Sampler): void {
    const rows = this.logitRows(from, to);
    const vocab = logits.length / rows.length;
    const logitsBefore = (token: number): Float32Array | undefined => {
      const at = rows.indexOf(token - 1 - from);
      return at < 0 ? undefined : logits.subarray(at * vocab, (at + 1) * vocab);
    };
    while (!this.answer.ended) {
      const next = this.promptLength + this.answer.count;
      if (next > to) return;
      const known = this.#tokens[next];
      const before = logitsBefore(next);
      this.#report(known === undefined ? this.#choose(before, sampler) : this.#known(known, before));
    }
  }

  /** True when guesses may be tried in the next step: all that it would take belongs to the answer, and is not much. */
  get drafting(): boolean {
    const { fed, length, promptLength } = this;
    return this.request.drafter?.active === true && fed >= promptLength && length - fed <= maxKnownWithDraft;
  }

  /** Guesses for what comes after the known tokens; none that could not be part of the answer. */
  draft(): readonly number[] {
    const known = this.#tokens.slice(this.fed + 1);
    return this.request.drafter?.draft(Math.max(0, this.maxLength - this.length - 1), known) ?? [];
  }

  /**
   * After a step whose rows were known tokens and a draft: reports or chooses token after token, as long as the row of
   * each was that of the token which has come.
   *
   * @param tried the tokens of the rows
   * @param rows how many of them, the last ones, have logits: from the last known token on; all of them where log
   *   probabilities are wanted
   * @param logits `[rows, vocabulary]`
   * @returns how many of the rows are the sequence's own; the others are not, and have to leave the cache
   */
  advanceDrafted(tried: readonly number[], rows: number, logits: Float32Array, sampler: Sampler): number {
    const vocab = logits.length / rows;
    const first = tried.length - rows;
    for (let row = 0; ; row += 1) {
      const next = this.promptLength + this.answer.count;
      const known = this.#tokens[next];
      const before =
        row < first ? undefined : logits.subarray((row - first) * vocab, (row - first + 1) * vocab);
      this.#report(known === undefined ? this.#choose(before, sampler) : this.#known(known, before));
      if (!this.answer.ended && row + 1 < tried.length && tried[row + 1] === this.#tokens[next]) continue;
      return row + 1;
    }
  }

  #choose(logits: Float32Array | undefined, sampler: Sampler): Sample {
    if (!logits) throw new Error('a token was to be chosen without logits');
    const { sampling, seed, topLogprobs, constraint } = this.request;
    const given = this.#given[this.answer.count];
    if (given !== undefined) {
      this.#tokens.push(given);
      return this.#known(given, logits);
    }
    const sample = sampler.sample(logits, {
      settings: sampling,
      history: this.#history,
      seed,
      position: this.answer.count,
      topLogprobs,
      allow: constraint?.allowed(),
    });
    this.#tokens.push(sample.id);
    return sample;
  }

  #known(id: number, logits: Float32Array | undefined): Sample {
    if (id !== (this.#given[this.answer.count] ?? id)) throw givenElsewhere();
    const { topLogprobs } = this.request;
    if (!logits || topLogprobs === undefined) return { id };
    return { id, logprob: logprobsOf(logits, id, topLogprobs) };
  }

  #report(sample: Sample): void {
    this.#history.add(sample.id);
    this.request.drafter?.add(sample.id);
    this.listener.event(this.answer.add(sample));
    const { constraint } = this.request;
    if (!constraint) return;
    constraint.accept(sample.id);
    if (this.promptLength + this.answer.count === this.length)
      this.#tokens.push(...(constraint.forced?.() ?? []));
  }

  /**
   * Begins with a cache that may hold the beginning of the prompt already; `encode` makes the encoder of the media
   * that are not wholly in it.
   */
  start(cache: KvCache, encode: (media: PreparedPrompt['media']) => MediaEncoder): void {
    this.cache = cache;
    this.#cachedTokens ??= cache.length;
    this.media = encode(
      this.request.prompt.media.filter(({ spans }) =>
        spans.some(({ start, length }) => start + length > cache.length),
      ),
    );
  }

  /** What the keys and values of its first `tokens` tokens are found by. */
  prefixKey(tokens: number): PrefixKey {
    const { prompt, cacheScope } = this.request;
    const ids = tokens > this.promptLength ? this.ids(0, tokens) : prompt.ids.subarray(0, tokens);
    return { ids, media: prompt.media, scope: cacheScope };
  }

  /** The event that closes it. */
  finish(): GenerateEvent {
    return this.answer.finish(this.promptLength, this.#cachedTokens ?? 0);
  }

  /** Gives back what it holds in the runtime; the sequence can be started anew from its known tokens. */
  release(): void {
    this.cache?.release();
    this.cache = undefined;
    this.media = undefined;
  }
}

function givenElsewhere(): EngineError {
  return new EngineError('invalid-request', 'continueFrom does not fit the constraint of this request.');
}
