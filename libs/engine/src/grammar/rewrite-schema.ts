import { formatPatterns } from './format-patterns.js';
import { integerBounds } from './integer-bounds.js';

type Json = Record<string, unknown>;

/** Where a schema stands in a schema, rather than names or values. */
const maps = new Set(['properties', '$defs', 'definitions']);
const lists = new Set(['prefixItems', 'anyOf', 'oneOf', 'allOf']);
const single = new Set(['items', 'additionalProperties']);

/**
 * A checked schema in words that the grammar library gets right: integer ranges written out, formats as patterns.
 * Objects that list their properties get no others unless the schema says something about them itself, so that a
 * model comes to an end. Every value of the result is a value of the original.
 */
export function rewriteSchema(schema: unknown): unknown {
  if (!isJson(schema)) return schema;
  const rewritten = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, rewriteKeyword(keyword, value)]),
  );
  if ('properties' in rewritten) rewritten['additionalProperties'] ??= false;
  return writeOutRange(writeOutFormat(rewritten));
}

function rewriteKeyword(keyword: string, value: unknown): unknown {
  if (maps.has(keyword) && isJson(value))
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, rewriteSchema(part)]));
  if (lists.has(keyword) && Array.isArray(value)) return value.map(rewriteSchema);
  return single.has(keyword) ? rewriteSchema(value) : value;
}

function writeOutFormat({ format, ...schema }: Json): Json {
  if (format === undefined) return schema;
  const pattern = typeof format === 'string' ? formatPatterns[format] : undefined;
  return pattern === undefined ? { ...schema, format } : { ...schema, pattern };
}

function writeOutRange(schema: Json): Json {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum];
  if (bounds.every((bound) => bound === undefined)) return schema;
  const range = integerBounds(schema);
  if (range === undefined) return schema;
  const { min, max } = range;
  if (max === undefined) return { ...rest, minimum: min };
  return { enum: Array.from({ length: max - min + 1 }, (_, index) => min + index) };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
