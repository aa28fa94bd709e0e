import { anyCharacter, characterOf, complement, jsonCharacterOf } from './code-points.js';
import {
  byteOf,
  choice,
  empty,
  type GrammarNode,
  literal,
  optional,
  repeat,
  rule,
  sequence,
} from './grammar-node.js';

/** Between the values of a list, and between a name and its value: JSON comes on one line. */
export const comma = ', ';
export const colon = ': ';

/** Most digits of a number before and after its point: what JSON parses it to stays finite. */
export const maxDigits = 20;

const digit = byteOf([0x30, 0x39]);
const digitFrom1 = byteOf([0x31, 0x39]);
const hex = byteOf([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]);
const minus = optional(literal('-'));

const wholeNumber = choice(literal('0'), sequence(digitFrom1, repeat(digit, 0, maxDigits - 1)));
const fraction = sequence(literal('.'), repeat(digit, 1, maxDigits));
const exponent = sequence(
  byteOf([0x45, 0x45], [0x65, 0x65]),
  optional(byteOf([0x2b, 0x2b], [0x2d, 0x2d])),
  repeat(digit, 1, 2),
);

/** Any whole number of up to 20 digits. */
export const jsonInteger = sequence(minus, wholeNumber);
/** Any number of up to 20 digits on either side of its point, with an exponent of up to two. */
export const jsonNumber = sequence(jsonInteger, optional(fraction), optional(exponent));

const unit = (first: string, second: GrammarNode, third: GrammarNode): GrammarNode =>
  sequence(literal('\\u'), byteOf(...letters(first)), second, third, hex);
const letters = (text: string): [number, number][] =>
  Array.from(text, (letter) => [letter.charCodeAt(0), letter.charCodeAt(0)]);
const high = unit('Dd', byteOf([0x38, 0x39], ...letters('AaBb')), hex);
const low = unit('Dd', byteOf(...letters('CcDdEeFf')), hex);
const basic = choice(unit('0123456789ABCEFabcef', hex, hex), unit('Dd', byteOf([0x30, 0x37]), hex));
const plain = characterOf(
  complement([
    [0, 0x1f],
    [0x22, 0x22],
    [0x5c, 0x5c],
  ]),
);
const escape = choice(sequence(literal('\\'), byteOf(...letters('"\\/bfnrt'))), basic, sequence(high, low));

/** One character of a JSON string in any of its spellings, never half a surrogate pair. */
export const jsonCharacter = choice(plain, escape);

/** A JSON string of so many characters. */
export function jsonString(min: number, max: number): GrammarNode {
  return sequence(literal('"'), repeat(jsonCharacter, min, max), literal('"'));
}

/** A text within quotes. */
export function jsonQuoted(content: GrammarNode): GrammarNode {
  return sequence(literal('"'), content, literal('"'));
}

/** A JSON value as it is written here. */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(comma)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, part]) => `${JSON.stringify(name)}${colon}${jsonText(part)}`,
  );
  return `{${members.join(comma)}}`;
}

/** A list of so many items, after those that stand at fixed places. */
export function jsonArray(
  fixed: readonly GrammarNode[],
  item: GrammarNode,
  min: number,
  max: number,
): GrammarNode {
  const following = sequence(literal(comma), item);
  const rest = Math.max(min - fixed.length, 0);
  const most = max - fixed.length;
  const [first, ...others] = fixed.slice(0, Math.max(Math.min(fixed.length, max), 0));
  if (first !== undefined) {
    const listed = others.flatMap((part) => [literal(comma), part]);
    const more = most > 0 ? repeat(following, rest, most) : empty;
    return sequence(literal('['), first, ...listed, most < rest && rest > 0 ? choice() : more, literal(']'));
  }
  const some = sequence(item, repeat(following, Math.max(min - 1, 0), max - 1));
  const body = max < min ? choice() : max === 0 ? empty : min > 0 ? some : optional(some);
  return sequence(literal('['), body, literal(']'));
}

/** A string as a name: any but those listed. */
export function jsonNameExcept(names: readonly string[]): GrammarNode {
  return jsonQuoted(nameExcept(names.map((name) => Array.from(name))));
}

function nameExcept(names: readonly (readonly string[])[]): GrammarNode {
  const anything = repeat(jsonCharacter, 0, Infinity);
  if (names.length === 0) return anything;
  const heads = [...new Set(names.flatMap(([head]) => (head === undefined ? [] : [head])))];
  const points = heads.map((head) => head.codePointAt(0) ?? 0);
  const others = complement(points.map((point) => [point, point]));
  const branches = heads.map((head, index) => {
    const point = points[index] ?? 0;
    const tails = names.filter(([first]) => first === head).map(([, ...tail]) => tail);
    return sequence(jsonCharacterOf([[point, point]]), nameExcept(tails));
  });
  const isListed = names.some((name) => name.length === 0);
  return choice(...(isListed ? [] : [empty]), sequence(jsonCharacterOf(others), anything), ...branches);
}

/** Any value. */
export const jsonValue: GrammarNode = choice(
  jsonString(0, Infinity),
  jsonNumber,
  ...['true', 'false', 'null'].map(literal),
  rule(() => jsonAnyArray),
  rule(() => jsonAnyObject),
);
const jsonAnyArray = jsonArray([], jsonValue, 0, Infinity);

/** Further members of an object: a name that is not listed, and a value. */
export function jsonMember(names: readonly string[], value: GrammarNode): GrammarNode {
  return sequence(jsonNameExcept(names), literal(colon), value);
}

const anyMember = jsonMember([], jsonValue);
/** Any object. */
export const jsonAnyObject: GrammarNode = sequence(
  literal('{'),
  optional(sequence(anyMember, repeat(sequence(literal(comma), anyMember), 0, Infinity))),
  literal('}'),
);

/** Any character, for patterns. */
export const jsonAnyCharacter = jsonCharacterOf(anyCharacter);
