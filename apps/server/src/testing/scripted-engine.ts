import { setImmediate } from 'node:timers/promises';
import type { CompletionRequest, GenerateEvent, GenerateRequest } from '@qwenvl/engine';
import type { ChatEngine } from '../model/chat-engine.js';
import type { LoadedModel } from '../model/model-host.js';

/** What a {@link ScriptedEngine} says: one token a piece; a token's id is its place in the script plus 100. */
export interface Script {
  readonly pieces: readonly string[];
  /** Thrown after the last piece instead of finishing. */
  readonly error?: Error;
  /** Goes on with the last piece until it is stopped. */
  readonly endless?: boolean;
}

/** An engine that follows a script, for tests of what surrounds an engine. Keeps the requests it got. */
export class ScriptedEngine implements ChatEngine {
  readonly requests: GenerateRequest[] = [];
  readonly #script: (request: GenerateRequest) => Script;
  /** Generations that run now. */
  running = 0;

  constructor(script: (request: GenerateRequest) => Script) {
    this.#script = script;
  }

  async *generate(request: GenerateRequest): AsyncGenerator<GenerateEvent> {
    this.requests.push(request);
    const { pieces, error, endless = false } = this.#script(request);
    const most = endless ? Infinity : Math.min(request.maxTokens ?? Infinity, pieces.length);
    this.running += 1;
    try {
      const seed = request.sampling?.seed ?? 0;
      yield { type: 'start', promptTokens: 5, droppedTurns: 0, seed };
      let index = 0;
      const isCancelled = (): boolean => request.signal?.aborted === true;
      for (; index < most && !isCancelled(); index += 1) {
        await setImmediate();
        yield { type: 'token', index, id: index + 100, text: pieces[index] ?? pieces.at(-1) ?? '' };
      }
      if (error !== undefined) throw error;
      const usage = { promptTokens: 5, completionTokens: index, cachedTokens: 0 };
      const reason = isCancelled() ? 'cancelled' : most < pieces.length ? 'length' : 'stop';
      yield { type: 'finish', reason, text: '', usage };
    } finally {
      this.running -= 1;
    }
  }

  /** Answers as to a message that holds the prompt. */
  complete({ prompt, ...request }: CompletionRequest): AsyncGenerator<GenerateEvent> {
    const content = typeof prompt === 'string' ? prompt : prompt.join(' ');
    return this.generate({ ...request, messages: [{ role: 'user', content }] });
  }

  detokenize(ids: readonly number[]): Promise<string> {
    return Promise.resolve(String.fromCodePoint(...ids));
  }

  tokenize(text: string): Promise<readonly number[]> {
    return Promise.resolve(Array.from(text, (character) => character.codePointAt(0) ?? 0));
  }

  countTokens({ messages }: Pick<GenerateRequest, 'messages'>): Promise<number> {
    return Promise.resolve(JSON.stringify(messages).length);
  }

  prepareConstraint(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A loaded model around a scripted engine. */
export function scriptedModel(engine: ScriptedEngine, startsInReasoning = false): LoadedModel {
  return {
    engine,
    profile: { id: 'scripted', fingerprint: 'scripted 1', startsInReasoning, contextTokens: 4096 },
  };
}
