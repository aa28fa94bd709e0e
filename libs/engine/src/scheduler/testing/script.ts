import type { AllowMask } from '../../sampling/allow-mask.js';
import type { TokenConstraint } from '../token-constraint.js';

/**
 * Has a model write a given text, whatever its weights: nothing but the next token of the text may be chosen. The
 * sampler runs as ever; a constraint within makes its masks and forces its tokens as it would for a model that wants
 * to write this text.
 */
export class Script implements TokenConstraint {
  readonly #ids: readonly number[];
  readonly #within: TokenConstraint | undefined;
  readonly #mask: Uint32Array;
  #at = 0;
  /** Tokens that were chosen, and not forced. */
  chosen = 0;

  constructor(ids: readonly number[], vocabSize: number, within?: TokenConstraint) {
    this.#ids = ids;
    this.#within = within;
    this.#mask = new Uint32Array(Math.ceil(vocabSize / 32));
  }

  allowed(): AllowMask {
    const id = this.#ids[this.#at] ?? 0;
    const mask = this.#within?.allowed();
    if (mask !== undefined && (((mask[id >>> 5] ?? 0) >>> (id & 31)) & 1) === 0)
      throw new Error(`the constraint does not allow token ${id} at ${this.#at}`);
    this.chosen += 1;
    this.#mask.fill(0);
    this.#mask[id >>> 5] = 1 << (id & 31);
    return this.#mask;
  }

  accept(id: number): void {
    if (id !== this.#ids[this.#at]) throw new Error(`token ${id} at ${this.#at} is not that of the text`);
    this.#at += 1;
    this.#within?.accept(id);
  }

  forced(): readonly number[] {
    return this.#within?.forced?.() ?? [];
  }
}
