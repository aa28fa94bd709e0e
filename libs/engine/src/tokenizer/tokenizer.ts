import { Tokenizer as BpeTokenizer } from '@huggingface/tokenizers';
import { Detokenizer } from '../text/detokenizer.js';
import { byteLevelBytes } from './byte-level.js';
import { patternOfAny } from './pattern-of-any.js';
import type { TokenizerJson } from './tokenizer-schema.js';
import { Vocabulary } from './vocabulary.js';

/** What is used of the library's class, whose published types do not resolve under `nodenext`. */
interface PlainEncoder {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  readonly pre_tokenizer: { pre_tokenize(text: string): string[] };
}

/** A byte-level BPE tokenizer from a checkpoint's `tokenizer.json`. */
export class Tokenizer {
  readonly vocabulary: Vocabulary;
  readonly #encoder: PlainEncoder;
  readonly #addedPattern: RegExp;

  constructor(json: TokenizerJson) {
    this.vocabulary = new Vocabulary(json.model.vocab, json.added_tokens);
    this.#addedPattern = patternOfAny(json.added_tokens.map(({ content }) => content));
    // Without added tokens the library takes every text for ordinary text.
    const plain = { ...json, added_tokens: [], post_processor: null };
    const Encoder = BpeTokenizer as new (json: object, config: object) => PlainEncoder;
    this.#encoder = new Encoder(plain, {});
  }

  /** Encodes ordinary text: nothing in it, `<|im_end|>` included, becomes an added token. */
  encodePlain(text: string): number[] {
    return text === '' ? [] : this.#encoder.encode(text, { add_special_tokens: false }).ids;
  }

  /** The pieces of ordinary text that byte-pair encoding takes one by one; no token reaches over their borders. */
  pieces(text: string): string[] {
    if (text === '') return [];
    const decoder = new TextDecoder();
    return this.#encoder.pre_tokenizer
      .pre_tokenize(text)
      .map((piece) => decoder.decode(byteLevelBytes(piece)));
  }

  /** Cuts trusted text into added tokens (their ids) and the ordinary text around them, nowhere empty. */
  split(text: string): (string | number)[] {
    return text
      .split(this.#addedPattern)
      .map((piece) => this.vocabulary.addedId(piece) ?? piece)
      .filter((piece) => piece !== '');
  }

  /** Encodes trusted text, in which added tokens count: equals the reference's `encode`. */
  encode(text: string): number[] {
    return this.split(text).flatMap((piece) => (typeof piece === 'number' ? piece : this.encodePlain(piece)));
  }

  /** The text of token ids without special tokens, unfinished characters as U+FFFD. */
  decode(ids: Iterable<number>): string {
    const detokenizer = new Detokenizer(this.vocabulary);
    let text = '';
    for (const id of ids) text += detokenizer.push(id);
    return text + detokenizer.end();
  }
}
