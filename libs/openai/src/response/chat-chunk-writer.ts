import type { OutputDelta } from '../output/output-delta.js';
import { OutputParser } from '../output/output-parser.js';
import type { GeneratedLogprob, GenerationEvent } from './generation-event.js';
import type {
  ChatChunkChoice,
  ChatCompletionChunk,
  ChatDelta,
  ChoiceLogprobs,
  CompletionUsage,
  Extensions,
  TokenLogprob,
  ToolCallDelta,
} from './types.js';

/** What stays the same in every chunk of an answer, and how the answer is read. */
export interface ChatChunkOptions {
  /** Completion id; tool-call ids are derived from it, so that the same id and tokens give the same bytes. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly model: string;
  /** See `OutputParserOptions`. */
  readonly startsInReasoning?: boolean | undefined;
  /** Whether tool calls are looked for. Default: false. */
  readonly tools?: boolean | undefined;
  /** Whether chunks end with one that carries the usage. Default: false. */
  readonly includeUsage?: boolean | undefined;
}

/**
 * Turns the events of one or several generations (`n`) into chunks. It keeps no clock and no randomness: equal
 * options and events always give equal chunks, so that an answer can be taken up again after a crash.
 */
export class ChatChunkWriter {
  readonly #options: ChatChunkOptions;
  readonly #choices = new Map<number, ChoiceState>();
  #usage = { prompt: 0, cached: 0, completion: 0, reasoning: 0 };
  #cancelled = false;
  #extensions: Extensions = {};

  constructor(options: ChatChunkOptions) {
    this.#options = options;
  }

  /** Takes one event of choice `index`; returns the chunks it gives, often one, sometimes none or two. */
  push(index: number, event: GenerationEvent): ChatCompletionChunk[] {
    const choice = this.#choice(index);
    switch (event.type) {
      case 'start':
        if (event.droppedTurns > 0) this.#extensions = { dropped_turns: event.droppedTurns };
        return [this.#chunk(index, { role: 'assistant', content: '' })];
      case 'token':
        return this.#pushToken(index, choice, event);
      case 'finish':
        return this.#finish(index, choice, event);
    }
  }

  /** Ends the answer: the usage chunk, where one was asked for or the answer was cancelled. */
  end(): ChatCompletionChunk[] {
    if (this.#options.includeUsage !== true && !this.#cancelled) return [];
    return [{ ...this.#header(), choices: [], usage: this.usage }];
  }

  /** Token counts so far; complete after the last `finish`. */
  get usage(): CompletionUsage {
    const { prompt, completion, reasoning } = this.#usage;
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      completion_tokens_details: { reasoning_tokens: reasoning },
    };
  }

  /** Tokens of the prompt that were known from earlier ones; complete after the last `finish`. */
  get cachedTokens(): number {
    return this.#usage.cached;
  }

  #choice(index: number): ChoiceState {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const { startsInReasoning, tools } = this.#options;
    const choice = { parser: new OutputParser({ startsInReasoning, tools }) };
    this.#choices.set(index, choice);
    return choice;
  }

  #pushToken(
    index: number,
    { parser }: ChoiceState,
    event: GenerationEvent & { type: 'token' },
  ): ChatCompletionChunk[] {
    const wasReasoning = parser.section === 'reasoning';
    const deltas = parser.push(event.text);
    if (wasReasoning) this.#usage.reasoning += 1;
    const isContent =
      (!wasReasoning && parser.section === 'content') || deltas.some((delta) => delta.type === 'content');
    const logprobs = event.logprob !== undefined && isContent ? toLogprobs(event.logprob) : null;
    if (deltas.length === 0 && logprobs === null) return [];
    return [this.#chunk(index, this.#toDelta(index, deltas), logprobs)];
  }

  #finish(
    index: number,
    { parser }: ChoiceState,
    event: GenerationEvent & { type: 'finish' },
  ): ChatCompletionChunk[] {
    const deltas = [...parser.push(event.text), ...parser.end()];
    this.#usage.prompt = event.usage.promptTokens;
    this.#usage.cached = Math.max(this.#usage.cached, event.usage.cachedTokens);
    this.#usage.completion += event.usage.completionTokens;
    if (event.reason === 'cancelled') {
      this.#cancelled = true;
      this.#extensions = { ...this.#extensions, cancelled: true };
    }
    const hasCalls = parser.toolCalls > 0 && event.reason === 'stop';
    const reason = event.reason === 'length' ? 'length' : hasCalls ? 'tool_calls' : 'stop';
    const last = this.#chunk(index, {}, null, reason);
    const final = { ...last, ...this.#extensions };
    return deltas.length === 0 ? [final] : [this.#chunk(index, this.#toDelta(index, deltas)), final];
  }

  #toDelta(choice: number, deltas: readonly OutputDelta[]): ChatDelta {
    const text = (type: 'content' | 'reasoning'): string =>
      deltas.map((delta) => (delta.type === type ? delta.text : '')).join('');
    const reasoning = text('reasoning');
    const content = text('content');
    const toolCalls = this.#toToolCalls(choice, deltas);
    return {
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
      ...(content === '' && (reasoning !== '' || toolCalls.length > 0) ? {} : { content }),
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    };
  }

  #toToolCalls(choice: number, deltas: readonly OutputDelta[]): ToolCallDelta[] {
    const calls: ToolCallDelta[] = [];
    for (const delta of deltas) {
      if (delta.type === 'tool-call') {
        const id = `call_${this.#options.id.replace(/^[a-z]+-/, '')}_${choice}_${delta.index}`;
        const { index, name } = delta;
        calls.push({ index, id, type: 'function', function: { name, arguments: '' } });
      } else if (delta.type === 'tool-call-arguments') {
        calls.push({ index: delta.index, function: { arguments: delta.text } });
      }
    }
    return mergeCalls(calls);
  }

  #chunk(
    index: number,
    delta: ChatDelta,
    logprobs: ChoiceLogprobs | null = null,
    finishReason: ChatChunkChoice['finish_reason'] = null,
  ): ChatCompletionChunk {
    return {
      ...this.#header(),
      choices: [{ index, delta, logprobs, finish_reason: finishReason }],
      ...(this.#options.includeUsage === true ? { usage: null } : {}),
    };
  }

  #header() {
    const { id, created, model } = this.#options;
    return { id, object: 'chat.completion.chunk', created, model } as const;
  }
}

interface ChoiceState {
  readonly parser: OutputParser;
}

/** Joins neighbouring pieces of the same call. */
function mergeCalls(pieces: readonly ToolCallDelta[]): ToolCallDelta[] {
  const merged: ToolCallDelta[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (last?.index !== piece.index || piece.id !== undefined) {
      merged.push(piece);
      continue;
    }
    const text = last.function.arguments + piece.function.arguments;
    merged[merged.length - 1] = { ...last, function: { ...last.function, arguments: text } };
  }
  return merged;
}

function toLogprobs(token: GeneratedLogprob & { top: readonly GeneratedLogprob[] }): ChoiceLogprobs {
  const top = token.top.map(toTokenLogprob);
  return { content: [{ ...toTokenLogprob(token), top_logprobs: top }], refusal: null };
}

function toTokenLogprob({ text, logprob, bytes }: GeneratedLogprob): TokenLogprob {
  return { token: text, logprob, bytes };
}
