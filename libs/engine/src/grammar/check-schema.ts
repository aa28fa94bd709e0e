import { EngineError } from '../errors.js';
import { areDisjoint } from './disjoint-branches.js';
import { integerBounds } from './integer-bounds.js';
import { isSafePattern } from './safe-pattern.js';
import { formatPatterns } from './format-patterns.js';

type Json = Readonly<Record<string, unknown>>;

/** Says nothing about which values are valid. */
const annotations = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

/** Honoured as they stand; what needs a closer look is in `checks`. */
const honoured = new Set(['type', 'const', 'enum', 'required', 'minItems', 'maxItems', '$ref']);

/** `uuid`, `ipv6` and `duration` are the grammar library's own, the others patterns of ours. */
const formats = new Set([...Object.keys(formatPatterns), 'uuid', 'ipv6', 'duration']);
const types = new Set(['string', 'number', 'integer', 'boolean', 'null', 'object', 'array']);

/** Deepest nesting of a schema, and most parts of it. */
const maxDepth = 32;
const maxParts = 5000;

/**
 * Refuses a schema that the mask could not hold the answer to. A keyword is either honoured to the letter or refused
 * with its place; none is ignored.
 *
 * @throws EngineError `invalid-request` naming the keyword and its place
 */
export function checkSchema(schema: Json): void {
  new SchemaCheck(schema).check(schema, '#', 0);
}

function refuse(place: string, reason: string): never {
  throw new EngineError('invalid-request', `JSON schema: ${place} ${reason}`);
}

class SchemaCheck {
  readonly #root: Json;
  #parts = 0;

  constructor(root: Json) {
    this.#root = root;
  }

  check(schema: unknown, place: string, depth: number): void {
    if (schema === true) return;
    if (!isJson(schema)) refuse(place, 'must be an object or true.');
    this.#parts += 1;
    if (depth > maxDepth) refuse(place, `is nested deeper than ${maxDepth}.`);
    if (this.#parts > maxParts) refuse('#', `has more than ${maxParts} parts.`);
    for (const [keyword, value] of Object.entries(schema)) {
      if (annotations.has(keyword)) continue;
      this.#keyword(schema, keyword, value, `${place}/${keyword}`, depth + 1);
    }
  }

  #keyword(schema: Json, keyword: string, value: unknown, place: string, depth: number): void {
    if (honoured.has(keyword)) {
      this.#plain(keyword, value, place);
      return;
    }
    switch (keyword) {
      case 'properties':
      case '$defs':
      case 'definitions':
        if (!isJson(value)) return refuse(place, 'must be an object.');
        for (const [name, part] of Object.entries(value)) this.check(part, `${place}/${name}`, depth);
        return;
      case 'additionalProperties':
        if (typeof value !== 'boolean') this.check(value, place, depth);
        return;
      case 'items':
        if (value === false) return;
        this.check(value, place, depth);
        return;
      case 'prefixItems':
      case 'anyOf':
        this.#list(value, place, depth);
        return;
      case 'oneOf':
        this.#list(value, place, depth);
        if (!areDisjoint(value as readonly unknown[]))
          refuse(place, 'must have branches that exclude each other by type or by a constant property.');
        return;
      case 'allOf':
        this.#list(value, place, depth);
        if ((value as readonly unknown[]).length > 1) refuse(place, 'may have one branch only.');
        return;
      case 'minLength':
      case 'maxLength':
        if ('pattern' in schema) refuse(place, 'cannot be combined with pattern.');
        if ('format' in schema) refuse(place, 'cannot be combined with format.');
        return;
      case 'pattern':
        if (typeof value !== 'string' || !isSafePattern(value))
          refuse(place, 'must be anchored (^…$) and built of ASCII literals, classes, groups and counts.');
        if ('format' in schema) refuse(place, 'cannot be combined with format.');
        return;
      case 'format':
        if (!formats.has(String(value))) refuse(place, `must be one of: ${[...formats].join(', ')}.`);
        return;
      case 'minimum':
      case 'maximum':
      case 'exclusiveMinimum':
      case 'exclusiveMaximum':
        if (schema['type'] !== 'integer' || integerBounds(schema) === undefined)
          refuse(
            place,
            "needs type 'integer' and either both bounds, at most 1000 apart, or a minimum of 0 or 1.",
          );
        return;
      default:
        refuse(place, 'is a keyword that cannot be honoured.');
    }
  }

  #plain(keyword: string, value: unknown, place: string): void {
    if (keyword === 'type' && ![value].flat().every((type) => types.has(String(type))))
      refuse(place, `must be one of: ${[...types].join(', ')}.`);
    if (keyword === 'enum' && (!Array.isArray(value) || value.length === 0))
      refuse(place, 'must be a list that is not empty.');
    if (keyword === '$ref' && !this.#resolves(value))
      refuse(place, 'must lead to a definition in the same schema.');
  }

  #list(value: unknown, place: string, depth: number): void {
    if (!Array.isArray(value) || value.length === 0) refuse(place, 'must be a list that is not empty.');
    value.forEach((part: unknown, index) => {
      this.check(part, `${place}/${index}`, depth);
    });
  }

  #resolves(reference: unknown): boolean {
    if (reference === '#') return true;
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return false;
    let at: unknown = this.#root;
    for (const step of reference.slice(2).split('/')) at = isJson(at) ? at[step] : undefined;
    return at !== undefined;
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
