import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PreparedMedia } from '../prompt/prepared-prompt.js';
import type { KvCache } from '../runtime/runtime.js';
import { PrefixCache, type PrefixKey } from './prefix-cache.js';

/** A cache that knows which tokens it holds. */
class TokenCache implements KvCache {
  released = false;
  tokens: readonly number[];

  constructor(tokens: readonly number[]) {
    this.tokens = tokens;
  }

  get length(): number {
    return this.tokens.length;
  }

  truncate(length: number): void {
    this.tokens = this.tokens.slice(0, length);
  }

  copy(length: number): TokenCache {
    return new TokenCache(this.tokens.slice(0, length));
  }

  detach(length: number): TokenCache {
    const detached = this.copy(length);
    this.release();
    return detached;
  }

  release(): void {
    this.released = true;
    this.tokens = [];
  }
}

function image(start: number, length: number, content: string): PreparedMedia {
  return {
    kind: 'image',
    grid: { t: 1, h: 2, w: 2 * length },
    spans: [{ start, length }],
    patches: () => new Float32Array(),
    digest: () => content,
  };
}

function key(ids: readonly number[], scope = '', media: readonly PreparedMedia[] = []): PrefixKey {
  return { ids: Int32Array.from(ids), media, scope };
}

const count = (length: number, from = 0): number[] => Array.from({ length }, (_, index) => from + index);
const room = 1_000_000;
const any = { unit: 1, rest: 1 };

function kept(...keys: PrefixKey[]): PrefixCache {
  const prefixes = new PrefixCache();
  for (const each of keys) prefixes.keep(each, new TokenCache([...each.ids]));
  return prefixes;
}

test('the longest common beginning is copied, without the tokens that must be left', () => {
  const prefixes = kept(key(count(40)), key([...count(60), 7, 7]));
  expect(prefixes.take(key(count(80)), any, room)).toMatchObject({ tokens: count(60) });
  expect(prefixes.take(key(count(30)), any, room)).toMatchObject({ tokens: count(29) });
  expect(prefixes.take(key([...count(50), 9, 9]), { unit: 32, rest: 1 }, room)).toMatchObject({
    tokens: count(32),
  });
});

test('nothing is shared between scopes, and nothing short is worth it', () => {
  const prefixes = kept(key(count(40), 'a'));
  expect(prefixes.take(key(count(80), 'b'), any, room)).toBeUndefined();
  expect(prefixes.take(key([...count(10), 1, 1, 1, 1, 1, 1, 1, 1]), any, room)).toBeUndefined();
});

test('equal pads of another picture are another prompt', () => {
  const ids = [...count(20), ...Array<number>(30).fill(99), ...count(20)];
  const prefixes = kept(key(ids, '', [image(20, 30, 'cat')]));
  expect(prefixes.take(key(ids, '', [image(20, 30, 'cat')]), any, room)?.length).toBe(69);
  expect(prefixes.take(key(ids, '', [image(20, 30, 'dog')]), any, room)?.length).toBe(20);
});

test('where there is no room for both, the kept one is handed over', () => {
  const prefixes = kept(key(count(40)));
  expect(prefixes.take(key(count(80)), any, 30)?.length).toBe(40);
  expect(prefixes.tokens).toBe(0);
});

test('the least recently used goes first, and is released', () => {
  const caches = [0, 100, 200].map((from) => new TokenCache(count(20, from)));
  const prefixes = new PrefixCache();
  for (const cache of caches) prefixes.keep(key(cache.tokens), cache);
  expect(caches.every(({ released }) => released)).toBe(true);
  prefixes.take(key(count(21)), any, room);
  prefixes.shrink(45);
  expect(prefixes.tokens).toBe(40);
  expect(prefixes.take(key(count(21, 100)), any, room)).toBeUndefined();
  expect(prefixes.take(key(count(21)), any, room)?.length).toBe(20);
});

test('whatever was kept, a taken cache holds exactly the beginning of the prompt', () => {
  const prompt = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      fc.array(prompt, { maxLength: 8 }),
      prompt,
      fc.integer({ min: 0, max: 200 }),
      (kepts, next, left) => {
        const prefixes = kept(...kepts.map((ids) => key(ids)));
        const taken = prefixes.take(key(next), any, left) as TokenCache | undefined;
        prefixes.shrink(left);
        expect(prefixes.tokens).toBeLessThanOrEqual(left);
        const common = (ids: readonly number[]): number => {
          const end = ids.findIndex((id, index) => id !== next[index]);
          return Math.min(end < 0 ? ids.length : end, next.length - 1);
        };
        const longest = Math.max(0, ...kepts.map(common));
        expect(taken?.tokens ?? []).toEqual(longest >= 16 ? next.slice(0, longest) : []);
      },
    ),
  );
});
