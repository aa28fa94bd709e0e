import {
  byteOf,
  choice,
  empty,
  type GrammarNode,
  literal,
  optional,
  repeat,
  sequence,
} from './grammar-node.js';
import { jsonInteger, jsonNumber, maxDigits } from './json-nodes.js';

/** Bounds of a number; absent: none on that side. */
export interface NumberBounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** Largest bound of numbers with a fraction, and most digits of one beside an exclusive bound: exact in a double. */
const maxDecimalBound = 1e9;
const exactDigits = 6;

const largest = 10n ** BigInt(maxDigits) - 1n;
const digit = byteOf([0x30, 0x39]);
const zero = literal('0');
const point = literal('.');
/** Some zeros, then something. */
const fractionAboveZero = sequence(
  point,
  choice(
    ...Array.from({ length: exactDigits }, (_, zeros) =>
      sequence(repeat(zero, zeros, zeros), byteOf([0x31, 0x39]), repeat(digit, 0, exactDigits - zeros - 1)),
    ),
  ),
);

/** Whole numbers within bounds, which need not be whole themselves. */
export function integersWithin(bounds: NumberBounds): GrammarNode {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum } = bounds;
  const min = Math.max(
    Math.ceil(minimum),
    exclusiveMinimum === undefined ? -Infinity : Math.floor(exclusiveMinimum) + 1,
  );
  const max = Math.min(
    Math.floor(maximum),
    exclusiveMaximum === undefined ? Infinity : Math.ceil(exclusiveMaximum) - 1,
  );
  if (min === -Infinity && max === Infinity) return jsonInteger;
  const [from, to] = [toBigInt(min), toBigInt(max)];
  const positive = to < 0n ? [] : [wholeNumbers(from < 0n ? 0n : from, to)];
  const negative = from >= 0n ? [] : [sequence(literal('-'), wholeNumbers(to >= 0n ? 1n : -to, -from))];
  return choice(...positive, ...negative);
}

/**
 * Numbers within bounds.
 * @returns undefined for bounds that are no whole numbers of up to a billion
 */
export function numbersWithin(bounds: NumberBounds): GrammarNode | undefined {
  const given = Object.values(bounds).filter((bound): bound is number => bound !== undefined);
  if (given.length === 0) return jsonNumber;
  if (!given.every((bound) => Number.isInteger(bound) && Math.abs(bound) <= maxDecimalBound))
    return undefined;
  const lower = limit(bounds.minimum, bounds.exclusiveMinimum, Math.max) ?? { at: -largest, isOpen: false };
  const upper = limit(bounds.maximum, bounds.exclusiveMaximum, Math.min) ?? { at: largest, isOpen: false };
  const positive = upper.at < 0n ? [] : [decimals(lower.at < 0n ? { at: 0n, isOpen: false } : lower, upper)];
  const negate = ({ at, isOpen }: Limit): Limit => ({ at: -at, isOpen });
  const negative =
    lower.at >= 0n
      ? []
      : [
          sequence(
            literal('-'),
            decimals(upper.at > 0n ? { at: 0n, isOpen: false } : negate(upper), negate(lower)),
          ),
        ];
  return choice(...positive, ...negative);
}

interface Limit {
  readonly at: bigint;
  readonly isOpen: boolean;
}

function limit(
  closed: number | undefined,
  open: number | undefined,
  narrower: (a: number, b: number) => number,
): Limit | undefined {
  if (open === undefined) return closed === undefined ? undefined : { at: BigInt(closed), isOpen: false };
  const isOpen = closed === undefined || narrower(closed, open) === open;
  return { at: BigInt(isOpen ? open : closed), isOpen };
}

/** Numbers from 0 up, between two limits. */
function decimals(lower: Limit, upper: Limit): GrammarNode {
  if (lower.at > upper.at) return choice();
  const isOpen = lower.isOpen || upper.isOpen;
  const fraction = sequence(point, repeat(digit, 1, isOpen ? exactDigits : maxDigits));
  const zeros = optional(sequence(point, repeat(zero, 1, exactDigits)));
  const options: GrammarNode[] = [];
  const first = lower.isOpen ? lower.at + 1n : lower.at;
  if (lower.isOpen && lower.at < upper.at)
    options.push(sequence(literal(String(lower.at)), fractionAboveZero));
  if (first < upper.at) options.push(sequence(wholeNumbers(first, upper.at - 1n), optional(fraction)));
  if (!upper.isOpen && first <= upper.at) options.push(sequence(literal(String(upper.at)), zeros));
  return choice(...options);
}

function toBigInt(bound: number): bigint {
  if (bound >= Number(largest)) return largest;
  return bound <= -Number(largest) ? -largest : BigInt(bound);
}

/** Whole numbers from 0 up, as they are written without leading zeros. */
function wholeNumbers(from: bigint, to: bigint): GrammarNode {
  const options: GrammarNode[] = [];
  for (let length = String(from).length; length <= String(to).length; length += 1) {
    const shortest = length === 1 ? 0n : 10n ** BigInt(length - 1);
    const longest = 10n ** BigInt(length) - 1n;
    const [low, high] = [from > shortest ? from : shortest, to < longest ? to : longest];
    if (low <= high) options.push(sameLength(String(low), String(high)));
  }
  return choice(...options);
}

/** Digits between two texts of one length. */
function sameLength(low: string, high: string): GrammarNode {
  if (low === '') return empty;
  if (/^0*$/.test(low) && /^9*$/.test(high)) return repeat(digit, low.length, low.length);
  const [first, last] = [low.charCodeAt(0), high.charCodeAt(0)];
  const [lowRest, highRest] = [low.slice(1), high.slice(1)];
  const one = (code: number, rest: GrammarNode): GrammarNode => sequence(byteOf([code, code]), rest);
  if (first === last) return one(first, sameLength(lowRest, highRest));
  const count = lowRest.length;
  const between =
    first + 1 < last ? [sequence(byteOf([first + 1, last - 1]), repeat(digit, count, count))] : [];
  return choice(
    one(first, sameLength(lowRest, '9'.repeat(count))),
    ...between,
    one(last, sameLength('0'.repeat(count), highRest)),
  );
}
