import { EngineError } from '../errors.js';
import type { AllowMask } from '../sampling/allow-mask.js';
import type { GrammarMatcher } from './grammar-compiler.js';
import type { MatcherCell, MatcherState } from './matcher-cell.js';

/** Longest wait for one mask in milliseconds; one takes microseconds. */
const maskTimeout = 30_000;

/** How a remote matcher talks to its thread. */
export interface MatcherLine {
  accept(token: number): void;
  close(): void;
}

/** A matcher that lives in a grammar thread. Each token is answered with all that is known after it. */
export class RemoteMatcher implements GrammarMatcher {
  readonly #cell: MatcherCell;
  readonly #line: MatcherLine;
  #state: MatcherState;
  #version = 1;

  /** Takes over a matcher that the thread has opened. */
  constructor(cell: MatcherCell, line: MatcherLine) {
    this.#cell = cell;
    this.#line = line;
    this.#state = this.#read();
  }

  allowed(): AllowMask {
    return this.#state.mask;
  }

  accept(id: number): boolean {
    this.#line.accept(id);
    this.#version += 1;
    this.#state = this.#read();
    return this.#state.isAccepted;
  }

  get ended(): boolean {
    return this.#state.isEnded;
  }

  forcedText(): string {
    return this.#state.forced;
  }

  dispose(): void {
    this.#line.close();
  }

  #read(): MatcherState {
    const state = this.#cell.read(this.#version, maskTimeout);
    if (state !== undefined && !state.isFailed) return state;
    throw new EngineError('worker-crashed', 'The thread that holds answers to their form has failed.');
  }
}
