import { Detokenizer, type TokenBytes } from '../text/detokenizer.js';
import { StopDetector } from '../text/stop-detector.js';
import type { Sample } from '../sampling/sampler.js';
import type { FinishReason, GenerateEvent, TokenLogprob } from '../types.js';

/** What decides where an answer ends. */
export interface AnswerLimits {
  readonly eosIds: ReadonlySet<number>;
  readonly stop: readonly string[];
  readonly maxTokens: number;
}

type TokenEvent = Extract<GenerateEvent, { type: 'token' }>;
type FinishEvent = Extract<GenerateEvent, { type: 'finish' }>;

const decoder = new TextDecoder();

/** Turns the chosen tokens of one sequence into events, and knows when it ends. It knows nothing of the model. */
export class Answer {
  readonly #tokens: TokenBytes;
  readonly #limits: AnswerLimits;
  readonly #detokenizer: Detokenizer;
  readonly #stop: StopDetector;
  #count = 0;
  #end: { readonly reason: FinishReason; readonly stopString?: string } | undefined;

  constructor(tokens: TokenBytes, limits: AnswerLimits) {
    this.#tokens = tokens;
    this.#limits = limits;
    this.#detokenizer = new Detokenizer(tokens);
    this.#stop = new StopDetector(limits.stop);
  }

  /** Tokens so far. */
  get count(): number {
    return this.#count;
  }

  /** Most tokens that it may have. */
  get maxTokens(): number {
    return this.#limits.maxTokens;
  }

  /** True when no further token may be added. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Adds a token and gives its event. */
  add({ id, logprob }: Sample): TokenEvent {
    const { text, stop } = this.#stop.push(this.#detokenizer.push(id));
    const index = this.#count++;
    if (stop !== undefined) this.#end = { reason: 'stop', stopString: stop };
    else if (this.#limits.eosIds.has(id)) this.#end = { reason: 'stop' };
    else if (this.#count >= this.#limits.maxTokens) this.#end = { reason: 'length' };
    if (!logprob) return { type: 'token', index, id, text };
    const top = logprob.top.map((entry) => this.#describe(entry));
    return { type: 'token', index, id, text, logprob: { ...this.#describe(logprob), top } };
  }

  /** The closing event; `cancelled` unless the answer came to its own end. */
  finish(promptTokens: number, cachedTokens: number): FinishEvent {
    const end = this.#end ?? { reason: 'cancelled' };
    this.#end = end;
    const usage = { promptTokens, completionTokens: this.#count, cachedTokens };
    if (end.stopString !== undefined) return { type: 'finish', ...end, text: '', usage };
    const last = this.#stop.push(this.#detokenizer.end());
    return { type: 'finish', ...end, text: last.text + this.#stop.end(), usage };
  }

  #describe({ id, logprob }: { id: number; logprob: number }): TokenLogprob {
    const bytes = this.#tokens.bytes(id);
    return { id, text: decoder.decode(bytes), bytes: [...bytes], logprob };
  }
}
