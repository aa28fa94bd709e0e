import { EngineError } from '../errors.js';
import { patternOfAny } from '../tokenizer/pattern-of-any.js';
import type { AddedToken } from '../tokenizer/tokenizer-schema.js';

// A Unicode noncharacter: never in a template, and escaped where a user sends it.
const guard = '\uFDD0';
const cut = `${guard}0`;
const literal = `${guard}1`;

/** Levels of objects and lists in a tool's schema or a call's arguments. */
export const maxValueDepth = 64;

/**
 * Keeps text from users apart from the template's own tokens while both go through the template as one string.
 *
 * `protect` puts a guard after every character that begins an added token and before every one that ends one, so
 * that no token can be read in the text, nor be completed across its borders. Tokens found in the rendered string
 * are therefore the template's. `reveal` takes the guards out again, and the text between two tokens is then encoded
 * as a whole: harmless text gives the same ids as in the reference, merges across borders included.
 */
export class TextGuard {
  readonly #first: ReadonlySet<string>;
  readonly #last: ReadonlySet<string>;
  readonly #guarded: RegExp;
  readonly #written: RegExp;

  constructor(tokens: readonly AddedToken[]) {
    this.#first = new Set(tokens.map(({ content }) => Array.from(content).at(0) ?? ''));
    this.#last = new Set(tokens.map(({ content }) => Array.from(content).at(-1) ?? ''));
    this.#guarded = patternOfAny(new Set([guard, ...this.#first, ...this.#last]), 'gu');
    this.#written = patternOfAny(tokens.filter(({ special }) => !special).map(({ content }) => content));
  }

  /** Text in which nothing counts. */
  protect(text: string): string {
    return text.replace(this.#guarded, (found) => {
      if (found === guard) return literal;
      return (this.#last.has(found) ? cut : '') + found + (this.#first.has(found) ? cut : '');
    });
  }

  /**
   * Text of an earlier answer: what the model itself writes as text (`<think>`, `<tool_call>`: added tokens that are
   * not special) still counts, so that the template can find it and an answer sent back gives the ids it was made of.
   */
  protectAnswer(text: string): string {
    return text
      .split(this.#written)
      .map((piece, index) => (index % 2 === 1 ? piece : this.protect(piece)))
      .join('');
  }

  /**
   * A JSON value with every string in it protected, names included.
   * @throws {EngineError} `invalid-request`: nested deeper than {@link maxValueDepth}
   */
  protectValue(value: unknown, depth = 0): unknown {
    if (depth > maxValueDepth)
      throw new EngineError('invalid-request', `Tools and arguments may nest ${maxValueDepth} levels deep.`);
    if (typeof value === 'string') return this.protect(value);
    if (Array.isArray(value)) return value.map((item) => this.protectValue(item, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [this.protect(name), this.protectValue(item, depth + 1)]),
    );
  }

  /** The text as it was before `protect`. */
  reveal(text: string): string {
    return text.replaceAll(cut, '').replaceAll(literal, guard);
  }
}
