import { EngineError } from '../errors.js';
import { ByteAutomaton } from './byte-automaton.js';
import { anyCharacter, type CodePointRange, jsonCharacterOf } from './code-points.js';
import { formatPatterns } from './format-patterns.js';
import { choice, type GrammarNode, literal, nothing, rule } from './grammar-node.js';
import { jsonArray, jsonCharacter, jsonQuoted, jsonString, jsonText, jsonValue } from './json-nodes.js';
import { mergeSchemas } from './merge-schemas.js';
import { nodeFacts } from './node-checks.js';
import { integersWithin, numbersWithin } from './number-ranges.js';
import { objectNode } from './object-node.js';
import { parsePattern } from './parse-pattern.js';
import { annotations, isJson, type Json, resolveReference } from './schema-parts.js';

/** Most schemas that one may come to when its branches are combined. */
const maxCombinations = 5000;

/** Keywords that tell of one type each, where a schema names none. */
const keywordsOfType: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'additionalProperties', 'required'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
};
const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];

/**
 * The grammar of a checked schema's values, on one line, properties in the schema's order. Objects that list their
 * properties get no others unless the schema says something about them itself, so that a model comes to an end; a
 * schema that tells of objects, lists or strings without naming a type is taken to mean them. Every text of the
 * grammar is valid.
 *
 * @throws EngineError `invalid-request` for keywords that cannot be combined
 */
export function schemaGrammar(schema: Json): GrammarNode {
  return new SchemaGrammar(schema).all([schema]);
}

class SchemaGrammar {
  readonly #root: Json;
  readonly #references = new Map<string, GrammarNode | undefined>();
  #combinations = 0;

  constructor(root: Json) {
    this.#root = root;
  }

  /** The values that are valid for all of some schemas. */
  all(schemas: readonly unknown[]): GrammarNode {
    this.#combinations += 1;
    if (this.#combinations > maxCombinations)
      return refuse(`has more than ${maxCombinations} combinations of branches`);
    const parts = schemas.filter((schema) => schema !== true && !isEmpty(schema));
    if (parts.includes(false)) return nothing;
    const objects = parts.filter(isJson);
    const [only] = objects;
    if (only === undefined) return jsonValue;
    for (const [index, schema] of objects.entries()) {
      const others = objects.filter((_, other) => other !== index);
      const { $ref, allOf, anyOf, oneOf, ...rest } = withoutAnnotations(schema);
      if (typeof $ref === 'string')
        return this.#reference($ref, [...others, { ...rest, ...given({ allOf, anyOf, oneOf }) }]);
      if (Array.isArray(allOf))
        return this.all([...others, { ...rest, ...given({ anyOf, oneOf }) }, ...(allOf as unknown[])]);
      const branches: unknown = anyOf ?? oneOf;
      if (!Array.isArray(branches)) continue;
      const left = { ...rest, ...(anyOf === undefined ? {} : given({ oneOf })) };
      return choice(...branches.map((branch: unknown) => this.all([...others, left, branch])));
    }
    const refuseKeyword = (keyword: string): never => refuse(`combines different ${keyword}`);
    const merged = objects.map(withoutAnnotations).reduce((a, b) => mergeSchemas(a, b, refuseKeyword));
    return this.#plain(merged);
  }

  #reference(reference: string, others: readonly unknown[]): GrammarNode {
    const target = resolveReference(this.#root, reference);
    if (!others.every(isEmpty)) return this.all([...others, target]);
    if (!this.#references.has(reference)) {
      this.#references.set(reference, undefined);
      this.#references.set(reference, this.all([target]));
    }
    return rule(() => this.#references.get(reference) ?? nothing);
  }

  /** A schema without branches and references. */
  #plain(schema: Json): GrammarNode {
    const { enum: listed, const: constant, ...rest } = schema;
    if (listed === undefined && !('const' in schema))
      return choice(...this.#typesOf(schema).map((type) => this.#typed(type, schema)));
    const values = 'const' in schema ? [constant] : (listed as readonly unknown[]);
    const accepts = accepter(isEmpty(rest) ? jsonValue : this.#plain(rest));
    const isListed = (text: string): boolean =>
      !('const' in schema) || !Array.isArray(listed) || listed.map(jsonText).includes(text);
    const texts = values.map(jsonText).filter((text) => isListed(text) && accepts(text));
    return choice(...texts.map(literal));
  }

  #typesOf(schema: Json): readonly string[] {
    const { type } = schema;
    if (type !== undefined) {
      const types = [type].flat().map(String);
      return types.includes('number') ? types.filter((name) => name !== 'integer') : types;
    }
    const told = Object.entries(keywordsOfType).filter(([, keywords]) =>
      keywords.some((keyword) => keyword in schema),
    );
    return told.length > 0 ? told.map(([name]) => name) : ['any'];
  }

  #typed(type: string, schema: Json): GrammarNode {
    switch (type) {
      case 'string':
        return stringNode(schema);
      case 'integer':
        return integersWithin(boundsOf(schema));
      case 'number':
        return (
          numbersWithin(boundsOf(schema)) ?? refuse('has bounds that are no whole numbers of up to a billion')
        );
      case 'boolean':
        return choice(literal('true'), literal('false'));
      case 'null':
        return literal('null');
      case 'object':
        return objectNode(schema, (part) => this.all([part]));
      case 'array':
        return this.#array(schema);
      default:
        return jsonValue;
    }
  }

  #array({ items = true, prefixItems, minItems, maxItems }: Json): GrammarNode {
    const fixed = Array.isArray(prefixItems) ? prefixItems.map((part: unknown) => this.all([part])) : [];
    return jsonArray(fixed, this.all([items]), Number(minItems ?? 0), Number(maxItems ?? Infinity));
  }
}

function refuse(reason: string): never {
  throw new EngineError('invalid-request', `JSON schema: it ${reason}.`);
}

function isEmpty(schema: unknown): boolean {
  return schema === true || (isJson(schema) && Object.keys(withoutAnnotations(schema)).length === 0);
}

function withoutAnnotations(schema: Json): Json {
  const isSaid = ([keyword]: [string, unknown]): boolean =>
    !annotations.has(keyword) && keyword !== '$defs' && keyword !== 'definitions';
  return Object.fromEntries(Object.entries(schema).filter(isSaid));
}

function given(keywords: Json): Json {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}

function boundsOf(schema: Json): Record<string, number> {
  const present = bounds.filter((keyword) => schema[keyword] !== undefined);
  return Object.fromEntries(present.map((keyword) => [keyword, Number(schema[keyword])]));
}

function stringNode({ pattern, format, minLength, maxLength }: Json): GrammarNode {
  const expression = typeof pattern === 'string' ? pattern : formatPatterns[String(format)];
  if (expression === undefined) return jsonString(Number(minLength ?? 0), Number(maxLength ?? Infinity));
  if ((pattern !== undefined && format !== undefined) || minLength !== undefined || maxLength !== undefined)
    return refuse('combines pattern, format or a length');
  return jsonQuoted(parsePattern(expression, character));
}

function character(ranges: readonly CodePointRange[]): GrammarNode {
  return ranges === anyCharacter ? jsonCharacter : jsonCharacterOf(ranges);
}

/** Whether a text is one of a grammar's. */
function accepter(node: GrammarNode): (text: string) => boolean {
  const automaton = new ByteAutomaton(node, nodeFacts(node).isProductive);
  return (text) => {
    automaton.begin();
    let state: ReturnType<ByteAutomaton['step']> = automaton.start;
    for (const byte of new TextEncoder().encode(text)) {
      if (state !== null) state = automaton.step(state, byte);
    }
    return state?.isEnd === true;
  };
}
