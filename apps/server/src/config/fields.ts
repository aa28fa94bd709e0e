import { z } from 'zod';

/** Environment values are text; an empty one means "not set". */
const text = z.string().transform((value) => value.trim());

/** Optional text. */
export function optionalText() {
  return text.transform((value) => (value === '' ? undefined : value)).optional();
}

/** An optional http or https address. */
export function optionalUrl() {
  return optionalText().refine(
    (value) => value === undefined || (URL.canParse(value) && /^https?:/.test(value)),
    'an address such as http://localhost:4318',
  );
}

/** Text with a default. */
export function textWithDefault(fallback: string) {
  return text.default('').transform((value) => (value === '' ? fallback : value));
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  fallback: Words[number],
) {
  const allowed = z.enum(words, { error: `one of: ${words.join(', ')}` });
  return textWithDefault(fallback).pipe(allowed);
}

/** `true` or `false`, also `1`, `0`, `yes`, `no`. */
export function flag(fallback: boolean) {
  return textWithDefault(String(fallback)).transform((value, context) => {
    const lower = value.toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(lower)) return true;
    if (['false', '0', 'no', 'off'].includes(lower)) return false;
    context.addIssue({ code: 'custom', message: 'true or false' });
    return z.NEVER;
  });
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly isInteger?: boolean;
}

function toNumber(value: string, range: Range, context: z.RefinementCtx): number {
  const number = Number(value);
  const { min, max, isInteger = true } = range;
  const isGood = Number.isFinite(number) && number >= min && number <= max;
  if (isGood && (!isInteger || Number.isInteger(number))) return number;
  context.addIssue({
    code: 'custom',
    message: `${isInteger ? 'a whole number' : 'a number'} from ${min} to ${max}`,
  });
  return z.NEVER;
}

/** A number with a default. */
export function number(fallback: number, range: Range) {
  return textWithDefault(String(fallback)).transform((value, context) => toNumber(value, range, context));
}

/** A number that may be left out. */
export function optionalNumber(range: Range) {
  return optionalText().transform((value, context) =>
    value === undefined ? undefined : toNumber(value, range, context),
  );
}

/** Comma-separated words; empty is an empty list. */
export function list() {
  return textWithDefault('').transform((value) =>
    value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  );
}
