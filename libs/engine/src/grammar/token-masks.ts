import type { AllowMask } from '../sampling/allow-mask.js';
import { byteLevelBytes } from '../tokenizer/byte-level.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import type { ByteAutomaton, ByteState } from './byte-automaton.js';
import { allow, TokenTrie } from './token-trie.js';

/**
 * Which tokens of a vocabulary may follow in a state of an automaton. Most tokens are plain text, as it may stand in
 * a JSON string; within one they need no look at their bytes, only at their lengths.
 */
export class TokenMasks {
  readonly #words: number;
  readonly #eosIds: readonly number[];
  readonly #bytes: readonly (Uint8Array | undefined)[];
  readonly #all: TokenTrie;
  /** All but plain text. */
  readonly #others: TokenTrie;
  /** Tokens of plain text by their number of characters. */
  readonly #plain = new Map<number, number[]>();
  #longestPlain = 0;
  /** Masks of plain tokens of at most so many characters. */
  readonly #plainMasks: (Uint32Array | undefined)[] = [];

  constructor(vocabulary: Vocabulary, vocabSize: number, eosIds: readonly number[]) {
    this.#words = Math.ceil(vocabSize / 32);
    this.#eosIds = eosIds;
    this.#bytes = vocabulary.plainTokens(vocabSize).map((token) => {
      const bytes = byteLevelBytes(token);
      return bytes?.length === 0 ? undefined : bytes;
    });
    const tokens = this.#bytes.flatMap((bytes, id) => (bytes === undefined ? [] : [{ id, bytes }]));
    this.#all = new TokenTrie(tokens);
    const isOther = ({ id, bytes }: { id: number; bytes: Uint8Array }): boolean => {
      const length = plainLength(bytes);
      if (length === undefined) return true;
      this.#longestPlain = Math.max(this.#longestPlain, length);
      const alike = this.#plain.get(length);
      if (alike === undefined) this.#plain.set(length, [id]);
      else alike.push(id);
      return false;
    };
    this.#others = new TokenTrie(tokens.filter(isOther));
  }

  /** The bytes of a token; undefined for added tokens, which are no text, and for ids without a token. */
  bytes(id: number): Uint8Array | undefined {
    return this.#bytes[id];
  }

  isEnd(id: number): boolean {
    return this.#eosIds.includes(id);
  }

  /** The mask in a state, the end of the answer in it where the text may end. Not to be changed. */
  maskIn(automaton: ByteAutomaton, state: ByteState): AllowMask {
    const { stringRoom } = state;
    const mask =
      stringRoom === undefined ? new Uint32Array(this.#words) : this.#plainUpTo(stringRoom).slice();
    (stringRoom === undefined ? this.#all : this.#others).walk(automaton, state, mask);
    if (state.isEnd) for (const id of this.#eosIds) allow(mask, id);
    return mask;
  }

  #plainUpTo(length: number): Uint32Array {
    const most = Math.min(length, this.#longestPlain);
    const known = this.#plainMasks[most];
    if (known !== undefined) return known;
    const mask = new Uint32Array(this.#words);
    for (const [characters, ids] of this.#plain)
      if (characters <= most) for (const id of ids) allow(mask, id);
    this.#plainMasks[most] = mask;
    return mask;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Characters of a token that may stand in a JSON string as it is; undefined for all others. */
function plainLength(bytes: Uint8Array): number | undefined {
  if (bytes.some((byte) => byte < 0x20 || byte === 0x22 || byte === 0x5c)) return undefined;
  try {
    return Array.from(decoder.decode(bytes)).length;
  } catch {
    return undefined;
  }
}
