import type {
  Completion,
  CompletionChunk,
  CompletionChunkChoice,
  CompletionLogprobs,
} from './completion-types.js';
import type { CompletionUsage } from './types.js';

/** Adds the chunks of a plain completion up to the whole of it. */
export class CompletionCollector {
  readonly #choices = new Map<number, CompletionChunkChoice>();
  #first: CompletionChunk | undefined;
  #usage: CompletionUsage | undefined;
  #isCancelled = false;

  /** Adds the next chunk. */
  add(chunk: CompletionChunk): void {
    this.#first ??= chunk;
    this.#usage = chunk.usage ?? this.#usage;
    this.#isCancelled ||= chunk.cancelled === true;
    for (const choice of chunk.choices) {
      const known = this.#choices.get(choice.index);
      this.#choices.set(choice.index, known === undefined ? choice : join(known, choice));
    }
  }

  /**
   * The whole answer.
   *
   * @throws Error when no chunk, or no usage, was added: the chunks have to come with usage.
   */
  result(): Completion {
    if (this.#first === undefined || this.#usage === undefined)
      throw new Error('The chunks are incomplete: the usage chunk is missing.');
    const { id, created, model } = this.#first;
    const choices = [...this.#choices.values()].sort((a, b) => a.index - b.index);
    return {
      id,
      object: 'text_completion',
      created,
      model,
      choices: choices.map((choice) => ({ ...choice, finish_reason: choice.finish_reason ?? 'stop' })),
      usage: this.#usage,
      ...(this.#isCancelled ? { cancelled: true as const } : {}),
    };
  }
}

function join(first: CompletionChunkChoice, next: CompletionChunkChoice): CompletionChunkChoice {
  return {
    index: first.index,
    text: first.text + next.text,
    logprobs: joinLogprobs(first.logprobs, next.logprobs),
    finish_reason: next.finish_reason,
  };
}

function joinLogprobs(
  first: CompletionLogprobs | null,
  next: CompletionLogprobs | null,
): CompletionLogprobs | null {
  if (first === null || next === null) return first ?? next;
  return {
    tokens: [...first.tokens, ...next.tokens],
    token_logprobs: [...first.token_logprobs, ...next.token_logprobs],
    top_logprobs: [...first.top_logprobs, ...next.top_logprobs],
    text_offset: [...first.text_offset, ...next.text_offset],
  };
}
