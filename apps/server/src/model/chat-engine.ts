import type { GenerateEvent, GenerateRequest } from '@qwenvl/engine';

/** What chat needs of an engine. */
export interface ChatEngine {
  /** Generates; leaving the loop stops the engine. */
  generate(request: GenerateRequest): AsyncIterable<GenerateEvent>;
  /** Frees everything; running requests fail. */
  close(): Promise<void>;
}
