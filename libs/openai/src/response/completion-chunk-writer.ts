import type { CompletionChunk, CompletionLogprobs } from './completion-types.js';
import type { GeneratedLogprob, GenerationEvent } from './generation-event.js';
import type { CompletionUsage } from './types.js';

/** What stays the same in every chunk of a plain completion. */
export interface CompletionChunkOptions {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly model: string;
  /** Choices of each prompt: choice `i` belongs to prompt `floor(i / n)`, whose tokens count once. Default: 1. */
  readonly n?: number | undefined;
  /** Text that each prompt's choices begin with, where the prompt is to be echoed. */
  readonly echo?: readonly string[] | undefined;
  /** Whether chunks end with one that carries the usage. Default: false. */
  readonly includeUsage?: boolean | undefined;
}

/**
 * Turns the events of plain completions into `text_completion` chunks. Like `ChatChunkWriter` it keeps no clock and
 * no randomness. The text is passed on as it is: reasoning and tool calls are not looked for.
 */
export class CompletionChunkWriter {
  readonly #options: CompletionChunkOptions;
  readonly #written = new Map<number, number>();
  #usage = { prompt: 0, cached: 0, completion: 0 };
  #isCancelled = false;

  constructor(options: CompletionChunkOptions) {
    this.#options = options;
  }

  /** Takes one event of choice `index`; returns the chunks it gives: none or one. */
  push(index: number, event: GenerationEvent): CompletionChunk[] {
    switch (event.type) {
      case 'start': {
        const echoed = this.#options.echo?.[Math.floor(index / this.#n)] ?? '';
        return echoed === '' ? [] : [this.#chunk(index, echoed)];
      }
      case 'token':
        if (event.text === '' && event.logprob === undefined) return [];
        return [this.#chunk(index, event.text, event.logprob)];
      case 'finish':
        return [this.#finish(index, event)];
    }
  }

  /** Ends the answer: the usage chunk, where one was asked for or the answer was cancelled. */
  end(): CompletionChunk[] {
    if (this.#options.includeUsage !== true && !this.#isCancelled) return [];
    return [{ ...this.#header(), choices: [], usage: this.usage }];
  }

  /** Token counts so far; complete after the last `finish`. */
  get usage(): CompletionUsage {
    const { prompt, completion } = this.#usage;
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      completion_tokens_details: { reasoning_tokens: 0 },
    };
  }

  /** Tokens of the prompts that were known from earlier ones; complete after the last `finish`. */
  get cachedTokens(): number {
    return this.#usage.cached;
  }

  get #n(): number {
    return this.#options.n ?? 1;
  }

  #finish(index: number, { text, reason, usage }: GenerationEvent & { type: 'finish' }): CompletionChunk {
    if (index % this.#n === 0) {
      this.#usage.prompt += usage.promptTokens;
      this.#usage.cached += usage.cachedTokens;
    }
    this.#usage.completion += usage.completionTokens;
    this.#isCancelled ||= reason === 'cancelled';
    const last = this.#chunk(index, text, undefined, reason === 'length' ? 'length' : 'stop');
    return reason === 'cancelled' ? { ...last, cancelled: true } : last;
  }

  #chunk(
    index: number,
    text: string,
    logprob?: TokenProbabilities,
    finishReason: 'stop' | 'length' | null = null,
  ): CompletionChunk {
    const offset = this.#written.get(index) ?? 0;
    this.#written.set(index, offset + Array.from(text).length);
    const logprobs = logprob === undefined ? null : toLogprobs(logprob, offset);
    return {
      ...this.#header(),
      choices: [{ index, text, logprobs, finish_reason: finishReason }],
      ...(this.#options.includeUsage === true ? { usage: null } : {}),
    };
  }

  #header() {
    const { id, created, model } = this.#options;
    return { id, object: 'text_completion', created, model } as const;
  }
}

type TokenProbabilities = GeneratedLogprob & { readonly top: readonly GeneratedLogprob[] };

function toLogprobs(token: TokenProbabilities, offset: number): CompletionLogprobs {
  const top = Object.fromEntries([...token.top, token].map(({ text, logprob }) => [text, logprob]));
  return {
    tokens: [token.text],
    token_logprobs: [token.logprob],
    top_logprobs: [top],
    text_offset: [offset],
  };
}
