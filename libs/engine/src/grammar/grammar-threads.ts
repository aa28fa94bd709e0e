import { EngineError } from '../errors.js';
import type { GrammarSource } from './constraint-grammar.js';
import type { GrammarMatcher } from './grammar-compiler.js';
import type { GrammarThreadData } from './grammar-protocol.js';
import { GrammarThread } from './grammar-thread.js';

/** Most grammar threads; each holds the vocabulary, some 150 MB with 150,000 tokens. */
const maxThreads = 3;

/**
 * Compiles grammars and follows answers through them, off the thread that computes. A compiled grammar cannot leave
 * its thread, and compiling blocks it; so a thread that follows answers is never given a new grammar: another one is,
 * or the request waits until one is free.
 */
export class GrammarThreads {
  readonly #data: () => GrammarThreadData;
  #threads: GrammarThread[] = [];
  readonly #turns: (() => void)[] = [];
  #isClosed = false;

  /** @param data made when the first thread is started */
  constructor(data: () => GrammarThreadData) {
    this.#data = data;
  }

  /**
   * A matcher for one answer. Grammars are compiled once.
   * @param endsWhenComplete whether the match ends as soon as it can, without an end-of-answer token
   * @throws EngineError `invalid-request` for a grammar that cannot be compiled; what aborts `signal`
   */
  async matcher(
    source: GrammarSource,
    endsWhenComplete: boolean,
    signal?: AbortSignal,
  ): Promise<GrammarMatcher> {
    const thread = await this.#threadFor(source, signal);
    const opening = thread.open(source, endsWhenComplete);
    if (signal === undefined) return await opening;
    try {
      return await orAborted(opening, signal);
    } catch (error) {
      // What was asked for comes all the same; the next request finds it compiled.
      if (signal.aborted) {
        opening.then(
          (matcher) => {
            matcher.dispose();
          },
          () => undefined,
        );
      }
      throw error;
    }
  }

  /** Compiles a grammar ahead of its first use. */
  async compile(source: GrammarSource): Promise<void> {
    await (await this.#threadFor(source)).compile(source);
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  async #threadFor(source: GrammarSource, signal?: AbortSignal): Promise<GrammarThread> {
    for (;;) {
      if (this.#isClosed) throw new EngineError('closed', 'The engine is closed. Load it again.');
      signal?.throwIfAborted();
      this.#threads = this.#threads.filter(({ alive }) => alive);
      const found =
        this.#threads.find((thread) => thread.knows(source)) ??
        this.#threads.find(({ isFree }) => isFree) ??
        this.#start();
      if (found !== undefined) return found;
      const turn = new Promise<void>((resolve) => this.#turns.push(resolve));
      await (signal === undefined ? turn : orAborted(turn, signal));
    }
  }

  #start(): GrammarThread | undefined {
    if (this.#threads.length >= maxThreads) return undefined;
    const thread = new GrammarThread(this.#data(), () => {
      for (const resolve of this.#turns.splice(0)) resolve();
    });
    this.#threads.push(thread);
    return thread;
  }
}

/** The promise's outcome, or the signal's reason where that comes first. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
    if (signal.aborted) abort();
  });
}
