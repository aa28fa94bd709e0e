/** Most values of a range that is written out. */
const maxSpan = 1000;

/**
 * The whole numbers that an integer schema's bounds allow: `max` is undefined for "0 and up" and "1 and up".
 * Undefined for bounds that cannot be honoured: the grammar library gets most ranges wrong, so that they are written
 * out, and one-sided ones only where it is right.
 */
export function integerBounds(
  schema: Readonly<Record<string, unknown>>,
): { readonly min: number; readonly max: number | undefined } | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const lower = [ceiling(minimum), after(exclusiveMinimum)].filter((bound) => bound !== undefined);
  const upper = [floor(maximum), before(exclusiveMaximum)].filter((bound) => bound !== undefined);
  if (lower.length === 0 || ![...lower, ...upper].every(Number.isSafeInteger)) return undefined;
  const min = Math.max(...lower);
  if (upper.length === 0) return min === 0 || min === 1 ? { min, max: undefined } : undefined;
  const max = Math.min(...upper);
  return max >= min && max - min < maxSpan ? { min, max } : undefined;
}

function ceiling(value: unknown): number | undefined {
  return value === undefined ? undefined : Math.ceil(Number(value));
}

function floor(value: unknown): number | undefined {
  return value === undefined ? undefined : Math.floor(Number(value));
}

function after(value: unknown): number | undefined {
  return value === undefined ? undefined : Math.floor(Number(value)) + 1;
}

function before(value: unknown): number | undefined {
  return value === undefined ? undefined : Math.ceil(Number(value)) - 1;
}
