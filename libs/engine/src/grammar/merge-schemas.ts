import { jsonText } from './json-nodes.js';
import { isJson, type Json } from './schema-parts.js';

/** Where the larger of two values holds, and where the smaller one does. */
const larger = new Set(['minLength', 'minItems', 'minimum', 'exclusiveMinimum']);
const smaller = new Set(['maxLength', 'maxItems', 'maximum', 'exclusiveMaximum']);
const objects = ['properties', 'additionalProperties'];
const lists = ['items', 'prefixItems'];

/**
 * One schema for the values that are valid for both. Neither has branches or references.
 * @param refuse called with the keyword that cannot be combined
 */
export function mergeSchemas(a: Json, b: Json, refuse: (keyword: string) => never): Json {
  if ('const' in a && 'const' in b && jsonText(a['const']) !== jsonText(b['const'])) return { enum: [] };
  const merged: Record<string, unknown> = { ...a, ...b };
  for (const keyword of Object.keys(a)) {
    if (!(keyword in b) || keyword === 'properties' || keyword === 'additionalProperties') continue;
    merged[keyword] = mergeKeyword(keyword, a[keyword], b[keyword], refuse);
  }
  if (objects.some((keyword) => keyword in a) && objects.some((keyword) => keyword in b))
    Object.assign(merged, mergeMembers(a, b));
  const isTuple = 'prefixItems' in a || 'prefixItems' in b;
  if (isTuple && lists.some((keyword) => keyword in a) && lists.some((keyword) => keyword in b))
    return refuse('prefixItems');
  return merged;
}

function mergeKeyword(keyword: string, a: unknown, b: unknown, refuse: (keyword: string) => never): unknown {
  if (larger.has(keyword)) return Math.max(Number(a), Number(b));
  if (smaller.has(keyword)) return Math.min(Number(a), Number(b));
  switch (keyword) {
    case 'type':
      return commonTypes([a].flat().map(String), [b].flat().map(String));
    case 'required':
      return [...new Set([a, b].flat())];
    case 'enum':
      return commonValues([a].flat(), [b].flat());
    case 'items':
      return { allOf: [a, b] };
    default:
      return jsonText(a) === jsonText(b) ? a : refuse(keyword);
  }
}

function commonTypes(a: readonly string[], b: readonly string[]): string[] {
  const has = (types: readonly string[], type: string): boolean =>
    types.includes(type) || (type === 'integer' && types.includes('number'));
  return [...new Set([...a, ...b])].filter((type) => has(a, type) && has(b, type));
}

function commonValues(a: readonly unknown[], b: readonly unknown[]): unknown[] {
  const texts = new Set(b.map(jsonText));
  return a.filter((value) => texts.has(jsonText(value)));
}

/** A property that one schema does not list is one of its additional ones. */
function mergeMembers(a: Json, b: Json): Json {
  const [listedA, listedB] = [a, b].map(({ properties }) => (isJson(properties) ? properties : {}));
  const properties: Record<string, unknown> = {};
  for (const name of new Set([listedA, listedB].flatMap((listed) => Object.keys(listed ?? {})))) {
    const partOf = (schema: Json, listed: Json = {}): unknown =>
      Object.hasOwn(listed, name) ? listed[name] : (schema['additionalProperties'] ?? true);
    properties[name] = { allOf: [partOf(a, listedA), partOf(b, listedB)] };
  }
  const isOpen = [a, b].every((schema) => schema['additionalProperties'] === undefined);
  const rest = [a, b].map((schema) => schema['additionalProperties'] ?? true);
  return { properties, ...(isOpen ? {} : { additionalProperties: { allOf: rest } }) };
}
