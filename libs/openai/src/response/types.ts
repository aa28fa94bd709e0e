/** Why an answer ended, in OpenAI's words. */
export type OpenAiFinishReason = 'stop' | 'length' | 'tool_calls';

/** One token with its probability; `bytes` is its UTF-8 form. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

/** Probabilities of the content's tokens, each with the likeliest alternatives. */
export interface ChoiceLogprobs {
  readonly content: readonly (TokenLogprob & { readonly top_logprobs: readonly TokenLogprob[] })[] | null;
  readonly refusal: null;
}

/** Token counts. */
export interface CompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /**
   * Only in whole answers. Chunks leave it out: how much of a prompt was known depends on what ran before, and a
   * stream that is taken up again has to give the same bytes.
   */
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

/** A piece of a tool call: the first one carries id, type and name, later ones arguments only. */
export interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}

/** What a chunk adds to a choice. */
export interface ChatDelta {
  readonly role?: 'assistant';
  readonly content?: string;
  /** Reasoning, as DeepSeek, Qwen and vLLM name it. */
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolCallDelta[];
}

/** One choice of a chunk. */
export interface ChatChunkChoice {
  readonly index: number;
  readonly delta: ChatDelta;
  readonly logprobs: ChoiceLogprobs | null;
  readonly finish_reason: OpenAiFinishReason | null;
}

/** Fields beyond OpenAI's, present only where they say something. */
export interface Extensions {
  /** True when the answer was cancelled before its end. */
  readonly cancelled?: true;
  /** Turns that were left out because the prompt did not fit. */
  readonly dropped_turns?: number;
}

/** `chat.completion.chunk` */
export interface ChatCompletionChunk extends Extensions {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChatChunkChoice[];
  /** Absent unless usage was asked for; then null in all chunks but the last, whose `choices` is empty. */
  readonly usage?: CompletionUsage | null;
}

/** A complete tool call. */
export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A complete choice. */
export interface ChatChoice {
  readonly index: number;
  readonly message: {
    readonly role: 'assistant';
    readonly content: string | null;
    readonly refusal: null;
    readonly reasoning_content?: string;
    readonly tool_calls?: readonly ToolCall[];
  };
  readonly logprobs: ChoiceLogprobs | null;
  readonly finish_reason: OpenAiFinishReason;
}

/** `chat.completion` */
export interface ChatCompletion extends Extensions {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChatChoice[];
  readonly usage: CompletionUsage;
  readonly metadata?: Readonly<Record<string, string>>;
}
