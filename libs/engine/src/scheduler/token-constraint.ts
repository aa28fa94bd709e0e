import type { AllowMask } from '../sampling/allow-mask.js';

/** Narrows the choice of tokens, as a grammar does. One object serves one sequence. */
export interface TokenConstraint {
  /** The tokens that may come next; undefined where all may. Asked once before each choice. */
  allowed(): AllowMask | undefined;
  /** Told of every token of the answer in order, those of `continueFrom` and forced ones included. */
  accept(id: number): void;
  /** Tokens that can only come next, in order; they are not sampled and share one step. Asked after `accept`. */
  forced?(): readonly number[];
}
