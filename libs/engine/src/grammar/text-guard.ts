import type { AllowMask } from '../sampling/allow-mask.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import { maskOf } from './token-mask.js';
import { followUtf8 } from './utf8.js';

/** Which tokens keep a text on one line valid UTF-8, without control characters. One object serves one vocabulary. */
export class TextGuard {
  readonly #vocabulary: Vocabulary;
  readonly #vocabSize: number;
  readonly #fresh: AllowMask;
  /** Tokens that begin within a character. */
  readonly #continuations: readonly number[];

  constructor(vocabulary: Vocabulary, vocabSize: number, alwaysAllowed: readonly number[]) {
    this.#vocabulary = vocabulary;
    this.#vocabSize = vocabSize;
    const ids = Array.from({ length: vocabSize }, (_, id) => id);
    const isFresh = (id: number): boolean => {
      const bytes = vocabulary.bytes(id);
      return bytes.every((byte) => byte >= 0x20) && followUtf8([], bytes) !== undefined;
    };
    this.#fresh = maskOf(vocabSize, [...ids.filter(isFresh), ...alwaysAllowed]);
    this.#continuations = ids.filter((id) => ((vocabulary.bytes(id)[0] ?? 0) & 0xc0) === 0x80);
  }

  /** The tokens that may follow a text with `pending`: the bytes of a character that is not complete. */
  allowed(pending: readonly number[]): AllowMask {
    if (pending.length === 0) return this.#fresh;
    const fits = (id: number): boolean => this.follow(pending, id) !== undefined;
    return maskOf(this.#vocabSize, this.#continuations.filter(fits));
  }

  /** What is pending after a token; undefined where the token does not fit. */
  follow(pending: readonly number[], id: number): readonly number[] | undefined {
    return followUtf8(pending, this.#vocabulary.bytes(id));
  }
}
