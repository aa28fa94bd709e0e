import type { AllowMask } from '../sampling/allow-mask.js';
import { ByteAutomaton, type ByteState } from './byte-automaton.js';
import type { GrammarNode } from './grammar-node.js';
import type { TokenMasks } from './token-masks.js';

/** Masks of one grammar that are kept; each takes an eighth of a byte for each token. */
const maxMasks = 256;
/** Longest forced text at a time, in bytes; more of it follows with the next token. */
const maxForcedBytes = 4096;

/** Follows one answer through a grammar. */
export interface GrammarMatcher {
  /** The tokens that may come next, the end of the answer among them where it may end. Not to be changed. */
  allowed(): AllowMask;
  /** Follows one token; false where the grammar has no such continuation. */
  accept(id: number): boolean;
  /** True once nothing more may come. */
  readonly ended: boolean;
  /** The text that can only come next. */
  forcedText(): ForcedText;
}

/** A text without alternatives. */
export interface ForcedText {
  /** May be empty. */
  readonly text: string;
  /**
   * The characters that may stand after it, none where it is the end; undefined where that is not told, because they
   * are not ASCII alone or the text goes on.
   */
  readonly following: readonly string[] | undefined;
}

/** A grammar with the tokens of one vocabulary; serves any number of answers. */
export class CompiledGrammar {
  readonly #automaton: ByteAutomaton;
  readonly #tokens: TokenMasks;
  #masks = 0;
  #madeMasks = 0;

  constructor(root: GrammarNode, isProductive: (node: GrammarNode) => boolean, tokens: TokenMasks) {
    this.#automaton = new ByteAutomaton(root, isProductive);
    this.#tokens = tokens;
  }

  /** @param endsWhenComplete whether the match ends as soon as it can, without an end-of-answer token */
  matcher(endsWhenComplete: boolean): GrammarMatcher {
    return new Matcher(this, endsWhenComplete);
  }

  get start(): ByteState {
    return this.#automaton.start;
  }

  /** Masks that were made and not found, so far. */
  get madeMasks(): number {
    return this.#madeMasks;
  }

  maskIn(state: ByteState): AllowMask {
    if (state.mask !== undefined) return state.mask;
    this.#automaton.begin();
    if (this.#masks >= maxMasks) {
      this.#automaton.forget();
      this.#masks = 0;
    }
    this.#masks += 1;
    this.#madeMasks += 1;
    return (state.mask = this.#tokens.maskIn(this.#automaton, state));
  }

  /** Where a token leads; undefined where it cannot follow. */
  follow(state: ByteState, id: number): ByteState | undefined {
    const bytes = this.#tokens.bytes(id);
    if (bytes === undefined) return undefined;
    this.#automaton.begin();
    let at: ByteState | null = state;
    for (const byte of bytes) {
      at = this.#automaton.step(at, byte);
      if (at === null) return undefined;
    }
    return at;
  }

  /** The bytes that can only follow, and the state that they lead to. */
  forced(state: ByteState): { readonly bytes: Uint8Array; readonly end: ByteState } {
    const bytes: number[] = [];
    let end = state;
    this.#automaton.begin();
    while (!end.isEnd && bytes.length < maxForcedBytes) {
      const byte = this.#onlyByte(end);
      const next = byte === undefined ? null : this.#automaton.step(end, byte);
      if (byte === undefined || next === null) break;
      bytes.push(byte);
      end = next;
    }
    return { bytes: Uint8Array.from(bytes), end };
  }

  /** The characters that may follow; undefined where some are not ASCII. */
  following(state: ByteState): string[] | undefined {
    const { bytesOfClass } = state;
    const characters: string[] = [];
    this.#automaton.begin();
    for (const [index, first] of bytesOfClass.entries()) {
      if (this.#automaton.step(state, first) === null) continue;
      const end = bytesOfClass[index + 1] ?? 256;
      if (end > 0x80) return undefined;
      for (let byte = first; byte < end; byte += 1) characters.push(String.fromCharCode(byte));
    }
    return characters;
  }

  isEndToken(id: number): boolean {
    return this.#tokens.isEnd(id);
  }

  #onlyByte(state: ByteState): number | undefined {
    const { bytesOfClass } = state;
    let only: number | undefined;
    for (const [index, byte] of bytesOfClass.entries()) {
      if (this.#automaton.step(state, byte) === null) continue;
      const isSingle = (bytesOfClass[index + 1] ?? 256) === byte + 1;
      if (only !== undefined || !isSingle) return undefined;
      only = byte;
    }
    return only;
  }
}

const decoder = new TextDecoder();

class Matcher implements GrammarMatcher {
  readonly #grammar: CompiledGrammar;
  readonly #endsWhenComplete: boolean;
  #state: ByteState;
  #hasEnded = false;

  constructor(grammar: CompiledGrammar, endsWhenComplete: boolean) {
    this.#grammar = grammar;
    this.#endsWhenComplete = endsWhenComplete;
    this.#state = grammar.start;
  }

  allowed(): AllowMask {
    return this.#grammar.maskIn(this.#state);
  }

  accept(id: number): boolean {
    if (this.ended) return false;
    if (this.#grammar.isEndToken(id)) return (this.#hasEnded = this.#state.isEnd);
    const next = this.#grammar.follow(this.#state, id);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }

  get ended(): boolean {
    return this.#hasEnded || (this.#endsWhenComplete && this.#state.isEnd);
  }

  forcedText(): ForcedText {
    if (this.ended) return { text: '', following: [] };
    const { bytes, end } = this.#grammar.forced(this.#state);
    // A character may have been begun, or not be wholly forced: the fixed text is taken up after it.
    const length = wholeLength(bytes);
    const text = decoder.decode(bytes.subarray(0, length));
    if (text === '' || length < bytes.length) return { text, following: undefined };
    const isLast = this.#endsWhenComplete && end.isEnd;
    return { text, following: isLast ? [] : this.#grammar.following(end) };
  }
}

/** Length of the bytes up to the last whole character; 0 where they begin within one. */
function wholeLength(bytes: Uint8Array): number {
  if (((bytes[0] ?? 0) & 0xc0) === 0x80) return 0;
  let start = bytes.length - 1;
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  const first = bytes[start] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return start + length <= bytes.length ? bytes.length : Math.max(start, 0);
}
