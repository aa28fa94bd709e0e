/** What the detokenizer must know of a vocabulary. */
export interface TokenBytes {
  /** The token's exact bytes; empty for an id without a token. */
  bytes(id: number): Uint8Array;
  /** True for control tokens, which give no text (`special: true` in `tokenizer.json`). */
  isSpecial(id: number): boolean;
}

/**
 * Turns token ids into text as they come. A character whose bytes are spread over several tokens appears with
 * its last byte, never halved. Bytes that can no longer become a character appear as U+FFFD at once, as in decoding
 * the whole. Special tokens give nothing; added tokens that are not special (`<think>`) give their text.
 */
export class Detokenizer {
  readonly #tokens: TokenBytes;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(tokens: TokenBytes) {
    this.#tokens = tokens;
  }

  /** The text that became certain with this token; may be empty. */
  push(id: number): string {
    if (this.#tokens.isSpecial(id)) return '';
    return this.#decoder.decode(this.#tokens.bytes(id), { stream: true });
  }

  /** Ends the text: U+FFFD where a character was left unfinished, else nothing. The next `push` starts anew. */
  end(): string {
    return this.#decoder.decode();
  }
}
