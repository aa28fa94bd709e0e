import type { ByteAutomaton, ByteState } from './byte-automaton.js';

/** Sets the bit of a token in a mask. */
export function allow(mask: Uint32Array, id: number): void {
  mask[id >>> 5] = (mask[id >>> 5] ?? 0) | (1 << (id & 31));
}

/**
 * The tokens of a vocabulary by their bytes, in one walk through all of them: a node follows its parent, and knows
 * where its subtree ends.
 */
export class TokenTrie {
  readonly #bytes: Uint8Array;
  readonly #depths: Uint16Array;
  readonly #ends: Uint32Array;
  /** One more than the token that ends at a node; 0: none. */
  readonly #tokens: Uint32Array;
  readonly #size: number;

  /** @param tokens none empty */
  constructor(tokens: readonly { readonly id: number; readonly bytes: Uint8Array }[]) {
    const sorted = tokens
      .map(({ id, bytes }) => ({ id, key: String.fromCharCode(...bytes) }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id));
    const room = sorted.reduce((sum, { key }) => sum + key.length, 0);
    this.#bytes = new Uint8Array(room);
    this.#depths = new Uint16Array(room);
    this.#ends = new Uint32Array(room);
    this.#tokens = new Uint32Array(room);
    this.#size = this.#fill(sorted);
  }

  /** Sets the bits of all tokens whose bytes may follow. */
  walk(automaton: ByteAutomaton, from: ByteState, mask: Uint32Array): void {
    const states: ByteState[] = [from];
    for (let node = 0; node < this.#size;) {
      const depth = this.#depths[node] ?? 0;
      const state = states[depth];
      const next = state === undefined ? null : automaton.step(state, this.#bytes[node] ?? 0);
      if (next === null) {
        node = this.#ends[node] ?? this.#size;
        continue;
      }
      states[depth + 1] = next;
      const token = this.#tokens[node] ?? 0;
      if (token > 0) allow(mask, token - 1);
      node += 1;
    }
  }

  #fill(sorted: readonly { readonly id: number; readonly key: string }[]): number {
    const path: number[] = [];
    let size = 0;
    let previous = '';
    const close = (depth: number): void => {
      for (const node of path.splice(depth)) this.#ends[node] = size;
    };
    for (const { id, key } of sorted) {
      let depth = 0;
      while (depth < key.length && key[depth] === previous[depth]) depth += 1;
      close(depth);
      for (; depth < key.length; depth += 1) {
        this.#bytes[size] = key.charCodeAt(depth);
        this.#depths[size] = depth;
        path.push(size);
        size += 1;
      }
      const last = path.at(-1);
      // Of tokens with the same bytes the first is enough.
      if (last !== undefined && this.#tokens[last] === 0) this.#tokens[last] = id + 1;
      previous = key;
    }
    close(0);
    return size;
  }
}
