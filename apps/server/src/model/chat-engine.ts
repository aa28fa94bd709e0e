import type { ChatMessage, GenerateEvent, GenerateRequest, ToolDefinition } from '@qwenvl/engine';

/** What chat needs of an engine. */
export interface ChatEngine {
  /** Generates; leaving the loop stops the engine. */
  generate(request: GenerateRequest): AsyncIterable<GenerateEvent>;
  /** Token ids of a text. */
  tokenize(text: string): Promise<readonly number[]>;
  /** Length of the prompt that a conversation makes. */
  countTokens(request: {
    readonly messages: readonly ChatMessage[];
    readonly tools?: readonly ToolDefinition[] | undefined;
  }): Promise<number>;
  /** Frees everything; running requests fail. */
  close(): Promise<void>;
}
