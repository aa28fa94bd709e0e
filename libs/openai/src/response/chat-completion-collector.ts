import type {
  ChatChoice,
  ChatCompletion,
  ChatCompletionChunk,
  ChatChunkChoice,
  ChoiceLogprobs,
  CompletionUsage,
  Extensions,
  OpenAiFinishReason,
} from './types.js';

/** Adds chunks up to the whole answer; the plain form of a request is the sum of its streamed form. */
export class ChatCompletionCollector {
  readonly #choices = new Map<number, ChoiceSum>();
  #first: ChatCompletionChunk | undefined;
  #usage: CompletionUsage | undefined;
  #extensions: Extensions = {};

  /** Adds the next chunk. */
  add(chunk: ChatCompletionChunk): void {
    this.#first ??= chunk;
    this.#usage = chunk.usage ?? this.#usage;
    if (chunk.cancelled === true) this.#extensions = { ...this.#extensions, cancelled: true };
    if (chunk.dropped_turns !== undefined) {
      this.#extensions = { ...this.#extensions, dropped_turns: chunk.dropped_turns };
    }
    for (const choice of chunk.choices) this.#addChoice(choice);
  }

  /** The content of a choice so far. */
  contentOf(index: number): string {
    return this.#choices.get(index)?.content ?? '';
  }

  /**
   * The whole answer.
   *
   * @throws Error when no chunk, or no usage, was added: the chunks have to come with usage.
   */
  result(): ChatCompletion {
    if (this.#first === undefined || this.#usage === undefined) {
      throw new Error('The chunks are incomplete: the usage chunk is missing.');
    }
    const { id, created, model } = this.#first;
    const choices = [...this.#choices].sort(([a], [b]) => a - b).map(([index, sum]) => toChoice(index, sum));
    return {
      id,
      object: 'chat.completion',
      created,
      model,
      choices,
      usage: this.#usage,
      ...this.#extensions,
    };
  }

  #addChoice({ index, delta, logprobs, finish_reason: finishReason }: ChatChunkChoice): void {
    let sum = this.#choices.get(index);
    if (sum === undefined) {
      sum = { content: '', reasoning: '', calls: [], logprobs: undefined, finishReason: 'stop' };
      this.#choices.set(index, sum);
    }
    sum.content += delta.content ?? '';
    sum.reasoning += delta.reasoning_content ?? '';
    if (finishReason !== null) sum.finishReason = finishReason;
    if (logprobs?.content) (sum.logprobs ??= []).push(...logprobs.content);
    for (const piece of delta.tool_calls ?? []) {
      const call = (sum.calls[piece.index] ??= { id: piece.id ?? '', name: '', arguments: '' });
      call.name += piece.function.name ?? '';
      call.arguments += piece.function.arguments;
    }
  }
}

interface ChoiceSum {
  content: string;
  reasoning: string;
  calls: { id: string; name: string; arguments: string }[];
  logprobs: NonNullable<ChoiceLogprobs['content']>[number][] | undefined;
  finishReason: OpenAiFinishReason;
}

function toChoice(index: number, sum: ChoiceSum): ChatChoice {
  const calls = sum.calls.map(({ id, name, arguments: text }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: text },
  }));
  return {
    index,
    message: {
      role: 'assistant',
      content: sum.content === '' && calls.length > 0 ? null : sum.content,
      refusal: null,
      ...(sum.reasoning === '' ? {} : { reasoning_content: sum.reasoning }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
    logprobs: sum.logprobs === undefined ? null : { content: sum.logprobs, refusal: null },
    finish_reason: sum.finishReason,
  };
}
