import type {
  ChatMessage,
  CompletionRequest,
  GenerateEvent,
  GenerateRequest,
  OutputConstraint,
  ToolDefinition,
} from '@qwenvl/engine';

/** What chat and plain completions need of an engine. */
export interface ChatEngine {
  /** Generates; leaving the loop stops the engine. */
  generate(request: GenerateRequest): AsyncIterable<GenerateEvent>;
  /** Generates what follows a raw text or token ids. */
  complete(request: CompletionRequest): AsyncIterable<GenerateEvent>;
  /** Token ids of a text. */
  tokenize(text: string): Promise<readonly number[]>;
  /** Text of token ids. */
  detokenize(ids: readonly number[]): Promise<string>;
  /** Length of the prompt that a conversation makes. */
  countTokens(request: {
    readonly messages: readonly ChatMessage[];
    readonly tools?: readonly ToolDefinition[] | undefined;
  }): Promise<number>;
  /** Compiles what answers will be held to, so that the first one needs not wait for it. */
  prepareConstraint(constraint: OutputConstraint): Promise<void>;
  /** Frees everything; running requests fail. */
  close(): Promise<void>;
}
