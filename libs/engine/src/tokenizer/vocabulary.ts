import type { TokenBytes } from '../text/detokenizer.js';
import { byteLevelBytes } from './byte-level.js';
import type { AddedToken } from './tokenizer-schema.js';

const noBytes = new Uint8Array(0);

/** What every token id stands for. */
export class Vocabulary implements TokenBytes {
  /** Tokens that are matched in text as a whole. */
  readonly added: readonly AddedToken[];
  readonly #tokens: string[] = [];
  readonly #addedById: ReadonlyMap<number, AddedToken>;
  readonly #idByContent: ReadonlyMap<string, number>;

  /** @param vocab BPE tokens in byte-level characters → id */
  constructor(vocab: Readonly<Record<string, number>>, added: readonly AddedToken[]) {
    // Not through pairs: there are 150,000 tokens, at every start.
    for (const token of Object.keys(vocab)) this.#tokens[vocab[token] ?? 0] = token;
    this.added = added;
    this.#addedById = new Map(added.map((token) => [token.id, token]));
    this.#idByContent = new Map(added.map((token) => [token.content, token.id]));
  }

  /** One more than the largest id that has a token. */
  get size(): number {
    return Math.max(this.#tokens.length, ...[...this.#addedById.keys()].map((id) => id + 1));
  }

  /** Ordinary tokens in byte-level characters by id, `size` of them; empty for added tokens and for ids without one. */
  plainTokens(size: number): string[] {
    return Array.from({ length: size }, (_, id) => (this.#addedById.has(id) ? '' : (this.#tokens[id] ?? '')));
  }

  bytes(id: number): Uint8Array {
    const added = this.#addedById.get(id);
    if (added) return new TextEncoder().encode(added.content);
    return byteLevelBytes(this.#tokens[id] ?? '') ?? noBytes;
  }

  isSpecial(id: number): boolean {
    return this.#addedById.get(id)?.special ?? false;
  }

  /** The id of an added token. */
  addedId(content: string): number | undefined {
    return this.#idByContent.get(content);
  }

  /** The added token with this id. */
  addedToken(id: number): AddedToken | undefined {
    return this.#addedById.get(id);
  }
}
