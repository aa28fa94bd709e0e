import { byteOf, choice, type GrammarNode, literal, sequence } from './grammar-node.js';

/** Code points from the first to the last, both included. */
export type CodePointRange = readonly [first: number, last: number];

/** Every character: all code points but surrogates, which are none. */
export const anyCharacter: readonly CodePointRange[] = [
  [0, 0xd7ff],
  [0xe000, 0x10ffff],
];

/** Ranges in order, without overlaps, of characters only. */
export function normalised(ranges: readonly CodePointRange[]): CodePointRange[] {
  const sorted = ranges
    .flatMap(([first, last]) =>
      anyCharacter.map(([low, high]) => [Math.max(first, low), Math.min(last, high)]),
    )
    .map(([first = 0, last = -1]): CodePointRange => [first, last])
    .filter(([first, last]) => first <= last)
    .sort(([a], [b]) => a - b);
  const merged: CodePointRange[] = [];
  for (const [first, last] of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1)
      merged[merged.length - 1] = [previous[0], Math.max(previous[1], last)];
    else merged.push([first, last]);
  }
  return merged;
}

/** All characters that are in none of the ranges. */
export function complement(ranges: readonly CodePointRange[]): CodePointRange[] {
  const left: CodePointRange[] = [];
  let from = 0;
  for (const [first, last] of normalised(ranges)) {
    if (first > from) left.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= 0x10ffff) left.push([from, 0x10ffff]);
  return normalised(left);
}

/** One character of the ranges, as UTF-8. */
export function characterOf(ranges: readonly CodePointRange[]): GrammarNode {
  const single: [number, number][] = [];
  const longer: GrammarNode[] = [];
  for (const [first, last] of normalised(ranges)) {
    for (const parts of utf8Ranges(first, last)) {
      const [only] = parts;
      if (parts.length === 1 && only !== undefined) single.push(only);
      else longer.push(sequence(...parts.map((part) => byteOf(part))));
    }
  }
  return choice(...(single.length > 0 ? [byteOf(...single)] : []), ...longer);
}

/** The last code point that takes one byte, two, three and four. */
const lastOfLength = [0x7f, 0x7ff, 0xffff, 0x10ffff];

/** Sequences of byte ranges whose products are exactly the encodings of the code points. */
function utf8Ranges(first: number, last: number): [number, number][][] {
  for (const limit of lastOfLength)
    if (first <= limit && last > limit) return [...utf8Ranges(first, limit), ...utf8Ranges(limit + 1, last)];
  if (last <= 0x7f) return [[[first, last]]];
  // Split until only the trailing bytes that run through all their values differ.
  for (const bits of [6, 12, 18]) {
    const mask = (1 << bits) - 1;
    if ((first & ~mask) === (last & ~mask)) continue;
    if ((first & mask) !== 0)
      return [...utf8Ranges(first, first | mask), ...utf8Ranges((first | mask) + 1, last)];
    if ((last & mask) !== mask)
      return [...utf8Ranges(first, (last & ~mask) - 1), ...utf8Ranges(last & ~mask, last)];
  }
  const [low, high] = [first, last].map((point) => new TextEncoder().encode(String.fromCodePoint(point)));
  return [Array.from(low ?? [], (byte, index): [number, number] => [byte, high?.[index] ?? byte])];
}

const shortEscapes: Readonly<Record<number, string>> = {
  0x08: '\\b',
  0x09: '\\t',
  0x0a: '\\n',
  0x0c: '\\f',
  0x0d: '\\r',
  0x22: '\\"',
  0x5c: '\\\\',
};

/** What must be escaped within a JSON string. */
const escaped: readonly CodePointRange[] = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
];

/** One character of the ranges within a JSON string: as it is, or as the escape that it needs. */
export function jsonCharacterOf(ranges: readonly CodePointRange[]): GrammarNode {
  const wanted = normalised(ranges);
  const escapes: GrammarNode[] = [];
  for (const [first, last] of escaped) {
    for (let point = first; point <= last; point += 1) {
      if (!wanted.some(([low, high]) => point >= low && point <= high)) continue;
      escapes.push(literal(shortEscapes[point] ?? `\\u${point.toString(16).padStart(4, '0')}`));
    }
  }
  const plain = complement([...complement(wanted), ...escaped]);
  return choice(...(plain.length > 0 ? [characterOf(plain)] : []), ...escapes);
}
