import { EventEmitter, once } from 'node:events';
import type { CompletionRequest, GenerateEvent, GenerateRequest } from '@qwenvl/engine';
import type { ChatEngine } from '../model/chat-engine.js';
import type { LoadModel } from '../model/model-host.js';

/** An engine that says what it is told to, and stands still after each piece until it is allowed more. */
export class SteppedEngine implements ChatEngine {
  readonly requests: GenerateRequest[] = [];
  readonly #pieces: readonly string[];
  readonly #changes = new EventEmitter();
  #allowed = 0;

  constructor(pieces: readonly string[]) {
    this.#pieces = pieces;
  }

  /** Lets all answers grow to this many pieces; without a number to their end. */
  allow(pieces = Infinity): void {
    this.#allowed = pieces;
    this.#changes.emit('change');
  }

  async *generate(request: GenerateRequest): AsyncGenerator<GenerateEvent> {
    this.requests.push(request);
    const known = request.continueFrom?.length ?? 0;
    const promptTokens = 5;
    yield { type: 'start', promptTokens, droppedTurns: 0, seed: request.sampling?.seed ?? 0 };
    let index = 0;
    for (; index < this.#pieces.length; index += 1) {
      if (index >= known) await this.#permission(index, request.signal);
      if (request.signal?.aborted === true) break;
      yield { type: 'token', index, id: index + 100, text: this.#pieces[index] ?? '' };
    }
    const usage = { promptTokens, completionTokens: index, cachedTokens: 0 };
    const reason = index < this.#pieces.length ? 'cancelled' : 'stop';
    yield { type: 'finish', reason, text: '', usage };
  }

  complete(request: CompletionRequest): AsyncGenerator<GenerateEvent> {
    return this.generate({ ...request, messages: [] });
  }

  detokenize(): Promise<string> {
    return Promise.resolve('');
  }

  tokenize(): Promise<readonly number[]> {
    return Promise.resolve([]);
  }

  countTokens(): Promise<number> {
    return Promise.resolve(0);
  }

  prepareConstraint(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Loads this engine as a model that reasons first. */
  readonly load: LoadModel = () => {
    const profile = { id: 'stepped', fingerprint: 'stepped 1', startsInReasoning: true, contextTokens: 4096 };
    return Promise.resolve({ engine: this, profile });
  };

  async #permission(index: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.#allowed <= index && signal?.aborted !== true) {
      await once(this.#changes, 'change', signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }
}
