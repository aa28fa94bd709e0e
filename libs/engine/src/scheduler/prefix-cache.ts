import type { PreparedPrompt } from '../prompt/prepared-prompt.js';
import type { KvCache } from '../runtime/runtime.js';

/** Shortest prefix worth a copy, in tokens. */
const leastPrefix = 16;

/** What decides whether keys and values can be used again: tokens, the media among them, and who may share them. */
export interface PrefixKey {
  readonly ids: Int32Array;
  readonly media: PreparedPrompt['media'];
  /** Prefixes are shared within a scope only. */
  readonly scope: string;
}

interface Entry {
  readonly scope: string;
  readonly ids: Int32Array;
  /** Digest of the media at each position where a span of pads begins. */
  readonly spans: ReadonlyMap<number, string>;
  readonly cache: KvCache;
}

/** How much of a known beginning may be used, so that the rest is computed as if nothing had been known. */
export interface PrefixCut {
  /** The length used is a multiple of this. */
  readonly unit: number;
  /** Tokens that are left to be computed at least: the logits after the last one are wanted. */
  readonly rest: number;
}

/**
 * Keys and values of prompts that were computed, for the next one that begins alike: a further turn of a conversation,
 * a common system message, the same picture. The least recently used go first.
 */
export class PrefixCache {
  /** Least recently used first. */
  readonly #entries: Entry[] = [];

  /** Tokens that it holds. */
  get tokens(): number {
    return this.#entries.reduce((sum, { cache }) => sum + cache.length, 0);
  }

  /**
   * A cache with the longest known beginning of `key`; undefined when nothing is known that is worth it. It is a
   * copy, or, where the kept one does not fit into `room` tokens beside it, that one itself.
   */
  take(key: PrefixKey, { unit, rest }: PrefixCut, room: number): KvCache | undefined {
    const spans = spansOf(key);
    let best: { readonly entry: Entry; readonly length: number } | undefined;
    for (const entry of this.#entries) {
      const common = entry.scope === key.scope ? commonPrefix(entry, key.ids, spans) : 0;
      const length = Math.floor(Math.min(common, key.ids.length - rest) / unit) * unit;
      if (length >= leastPrefix && length > (best?.length ?? 0)) best = { entry, length };
    }
    if (!best) return undefined;
    const { entry, length } = best;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    if (this.tokens + entry.cache.length > room) {
      entry.cache.truncate(length);
      return entry.cache;
    }
    this.#entries.push(entry);
    return entry.cache.copy(length);
  }

  /** Keeps the beginning that `key` names of a cache that its sequence no longer needs. */
  keep(key: PrefixKey, cache: KvCache): void {
    const { ids } = key;
    if (ids.length >= leastPrefix) {
      const spans = spansOf(key);
      for (const entry of [...this.#entries]) {
        const covered = entry.scope === key.scope && commonPrefix(entry, ids, spans) === entry.ids.length;
        if (covered) this.#drop(entry);
      }
      this.#entries.push({ scope: key.scope, ids, spans, cache: cache.detach(ids.length) });
    } else cache.release();
  }

  /** Lets go of the least recently used until at most `tokens` are held. */
  shrink(tokens: number): void {
    let [oldest] = this.#entries;
    while (oldest && this.tokens > Math.max(0, tokens)) {
      this.#drop(oldest);
      [oldest] = this.#entries;
    }
  }

  #drop(entry: Entry): void {
    entry.cache.release();
    this.#entries.splice(this.#entries.indexOf(entry), 1);
  }
}

function spansOf({ media }: PrefixKey): Map<number, string> {
  return new Map(
    media.flatMap((medium) =>
      medium.spans.map(({ start }, index): [number, string] => [start, `${medium.digest()}:${index}`]),
    ),
  );
}

/** Tokens that both begin with; it ends before a span of pads whose media differ. */
function commonPrefix(entry: Entry, ids: Int32Array, spans: ReadonlyMap<number, string>): number {
  const end = Math.min(entry.ids.length, ids.length);
  for (let index = 0; index < end; index++) {
    if (entry.ids[index] !== ids[index] || entry.spans.get(index) !== spans.get(index)) return index;
  }
  return end;
}
