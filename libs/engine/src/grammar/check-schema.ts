import { EngineError } from '../errors.js';
import { areDisjoint } from './disjoint-branches.js';
import { formatPatterns } from './format-patterns.js';
import { empty, maxRepeats } from './grammar-node.js';
import { numbersWithin } from './number-ranges.js';
import { parsePattern, PatternError } from './parse-pattern.js';
import { annotations, isJson, type Json, resolveReference } from './schema-parts.js';

/** Honoured as they stand; what needs a closer look is in `checks`. */
const honoured = new Set(['type', 'const', 'enum', 'required', '$ref']);

/** Would change what references mean, or which words mean what, within a part. */
const rootOnly = new Set(['$schema', '$id']);

const formats = new Set(Object.keys(formatPatterns));
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
  const check = new SchemaCheck(schema);
  check.check(schema, '#', 0);
  check.references();
}

function refuse(place: string, reason: string): never {
  throw new EngineError('invalid-request', `JSON schema: ${place} ${reason}`);
}

class SchemaCheck {
  readonly #root: Json;
  readonly #references = new Map<string, unknown>();
  readonly #checked = new Set<unknown>([true]);
  #parts = 0;

  constructor(root: Json) {
    this.#root = root;
  }

  check(schema: unknown, place: string, depth: number): void {
    if (schema === true) return;
    if (!isJson(schema)) refuse(place, 'must be an object or true.');
    this.#checked.add(schema);
    this.#parts += 1;
    if (depth > maxDepth) refuse(place, `is nested deeper than ${maxDepth}.`);
    if (this.#parts > maxParts) refuse('#', `has more than ${maxParts} parts.`);
    for (const [keyword, value] of Object.entries(schema)) {
      if (annotations.has(keyword)) {
        if (rootOnly.has(keyword) && depth > 0) refuse(`${place}/${keyword}`, 'may stand at the root only.');
        continue;
      }
      this.#keyword(schema, keyword, value, `${place}/${keyword}`, depth + 1);
    }
  }

  /** References may lead to schemas only, which have been checked like all others. */
  references(): void {
    for (const [place, target] of this.#references)
      if (!this.#checked.has(target)) refuse(place, 'must lead to a schema within this one.');
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
        if (value !== false) this.check(value, place, depth);
        return;
      case 'prefixItems':
      case 'anyOf':
      case 'allOf':
        this.#list(value, place, depth);
        return;
      case 'oneOf':
        this.#list(value, place, depth);
        if (!areDisjoint(value as readonly unknown[]))
          refuse(place, 'must have branches that exclude each other by type or by a constant property.');
        return;
      case 'minItems':
      case 'maxItems':
        this.#count(keyword, value, place);
        return;
      case 'minLength':
      case 'maxLength':
        this.#count(keyword, value, place);
        if ('pattern' in schema) refuse(place, 'cannot be combined with pattern.');
        if ('format' in schema) refuse(place, 'cannot be combined with format.');
        return;
      case 'pattern':
        this.#pattern(value, place);
        if ('format' in schema) refuse(place, 'cannot be combined with format.');
        return;
      case 'format':
        if (!formats.has(String(value))) refuse(place, `must be one of: ${[...formats].join(', ')}.`);
        return;
      case 'minimum':
      case 'maximum':
      case 'exclusiveMinimum':
      case 'exclusiveMaximum':
        this.#bound(schema, value, place);
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
    if (keyword === 'required' && !isTexts(value)) refuse(place, 'must be a list of names.');
    if (keyword !== '$ref') return;
    const target = resolveReference(this.#root, value);
    if (target === undefined) refuse(place, 'must lead to a definition in the same schema.');
    this.#references.set(place, target);
  }

  #list(value: unknown, place: string, depth: number): void {
    if (!Array.isArray(value) || value.length === 0) refuse(place, 'must be a list that is not empty.');
    value.forEach((part: unknown, index) => {
      this.check(part, `${place}/${index}`, depth);
    });
  }

  #count(keyword: string, value: unknown, place: string): void {
    const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0;
    if (!isCount) refuse(place, 'must be a whole number from 0.');
    if (keyword.startsWith('min') && value > maxRepeats) refuse(place, `must be at most ${maxRepeats}.`);
  }

  #bound(schema: Json, value: unknown, place: string): void {
    const types = [schema['type']].flat();
    if (typeof value !== 'number' || !Number.isFinite(value)) refuse(place, 'must be a number.');
    if (types.includes('number')) {
      if (numbersWithin({ minimum: value }) === undefined)
        refuse(place, "must be a whole number of up to a billion with type 'number'.");
    } else if (!types.includes('integer')) refuse(place, "needs type 'integer' or 'number'.");
  }

  #pattern(value: unknown, place: string): void {
    if (typeof value !== 'string') refuse(place, 'must be a text.');
    try {
      parsePattern(value, () => empty);
    } catch (error) {
      if (error instanceof PatternError) refuse(place, `${error.message}, which cannot be honoured.`);
      throw error;
    }
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
