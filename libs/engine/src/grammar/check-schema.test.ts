import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.js';
import { checkSchema } from './check-schema.js';

const leaf = { type: 'string' };

/** Every keyword of JSON Schema 2020-12 and of OpenAPI: honoured, or refused by name. */
const matrix: readonly [keyword: string, schema: Record<string, unknown>, isHonoured: boolean][] = [
  ['type', { type: 'string' }, true],
  ['type (list)', { type: ['string', 'null'] }, true],
  ['type (unknown)', { type: 'text' }, false],
  ['enum', { enum: [1, 'a'] }, true],
  ['enum (empty)', { enum: [] }, false],
  ['const', { const: 1 }, true],
  ['properties', { type: 'object', properties: { a: leaf } }, true],
  ['required', { type: 'object', properties: { a: leaf }, required: ['a'] }, true],
  ['additionalProperties', { type: 'object', additionalProperties: leaf }, true],
  ['patternProperties', { patternProperties: { '^a': leaf } }, false],
  ['propertyNames', { propertyNames: leaf }, false],
  ['minProperties', { minProperties: 1 }, false],
  ['maxProperties', { maxProperties: 1 }, false],
  ['dependentRequired', { dependentRequired: { a: ['b'] } }, false],
  ['dependentSchemas', { dependentSchemas: { a: leaf } }, false],
  ['unevaluatedProperties', { unevaluatedProperties: false }, false],
  ['items', { type: 'array', items: leaf }, true],
  ['prefixItems', { type: 'array', prefixItems: [leaf], items: false }, true],
  ['minItems', { type: 'array', items: leaf, minItems: 1 }, true],
  ['maxItems', { type: 'array', items: leaf, maxItems: 1 }, true],
  ['uniqueItems', { type: 'array', uniqueItems: true }, false],
  ['contains', { contains: leaf }, false],
  ['minContains', { minContains: 1 }, false],
  ['maxContains', { maxContains: 1 }, false],
  ['unevaluatedItems', { unevaluatedItems: false }, false],
  ['minLength', { type: 'string', minLength: 1 }, true],
  ['maxLength', { type: 'string', maxLength: 1 }, true],
  ['minLength with pattern', { type: 'string', minLength: 1, pattern: '^a*$' }, false],
  ['pattern', { type: 'string', pattern: '^[A-Z]{2}(-\\d+)?$' }, true],
  ['pattern (not anchored)', { type: 'string', pattern: 'abc' }, false],
  ['pattern (anchored by halves)', { type: 'string', pattern: '^a|b$' }, false],
  ['pattern (dot)', { type: 'string', pattern: '^.$' }, false],
  ['pattern (negated class)', { type: 'string', pattern: '^[^a]$' }, false],
  ['pattern (look-ahead)', { type: 'string', pattern: '^(?=a)a$' }, false],
  ['pattern (Unicode class)', { type: 'string', pattern: '^\\p{L}$' }, false],
  ['pattern (quote)', { type: 'string', pattern: '^"$' }, false],
  ['format: date', { type: 'string', format: 'date' }, true],
  ['format: date-time', { type: 'string', format: 'date-time' }, true],
  ['format: uuid', { type: 'string', format: 'uuid' }, true],
  ['format: email', { type: 'string', format: 'email' }, true],
  ['format: uri', { type: 'string', format: 'uri' }, false],
  ['format: hostname', { type: 'string', format: 'hostname' }, false],
  ['contentEncoding', { contentEncoding: 'base64' }, false],
  ['contentMediaType', { contentMediaType: 'text/plain' }, false],
  ['contentSchema', { contentSchema: leaf }, false],
  ['minimum and maximum (integer)', { type: 'integer', minimum: 1, maximum: 9 }, true],
  ['minimum of 0 alone (integer)', { type: 'integer', minimum: 0 }, true],
  ['minimum alone, other', { type: 'integer', minimum: 18 }, false],
  ['maximum alone', { type: 'integer', maximum: 9 }, false],
  ['range of over 1000', { type: 'integer', minimum: 0, maximum: 5000 }, false],
  ['minimum (number)', { type: 'number', minimum: 0 }, false],
  ['exclusiveMinimum', { type: 'integer', exclusiveMinimum: 0, maximum: 5 }, true],
  ['exclusiveMaximum', { type: 'integer', minimum: 0, exclusiveMaximum: 5 }, true],
  ['multipleOf', { type: 'integer', multipleOf: 2 }, false],
  ['anyOf', { anyOf: [leaf, { type: 'null' }] }, true],
  ['oneOf (disjoint types)', { oneOf: [leaf, { type: 'null' }] }, true],
  ['oneOf (overlapping)', { oneOf: [leaf, leaf] }, false],
  [
    'oneOf (disjoint by a constant)',
    {
      oneOf: ['a', 'b'].map((kind) => ({
        type: 'object',
        properties: { kind: { const: kind } },
        required: ['kind'],
      })),
    },
    true,
  ],
  ['allOf (one branch)', { allOf: [leaf] }, true],
  ['allOf (several)', { allOf: [leaf, leaf] }, false],
  ['not', { not: leaf }, false],
  ['if', { if: leaf }, false],
  ['then', { then: leaf }, false],
  ['else', { else: leaf }, false],
  ['$ref', { $ref: '#/$defs/a', $defs: { a: leaf } }, true],
  ['$ref (elsewhere)', { $ref: 'https://schema.example/a' }, false],
  ['$defs', { type: 'string', $defs: { a: leaf } }, true],
  ['$anchor', { $anchor: 'a' }, false],
  ['$dynamicRef', { $dynamicRef: '#a' }, false],
  ['$dynamicAnchor', { $dynamicAnchor: 'a' }, false],
  ['$vocabulary', { $vocabulary: {} }, false],
  ['nullable', { type: 'string', nullable: true }, false],
  ['discriminator', { discriminator: {} }, false],
  [
    'title, description, default, examples',
    { title: 't', description: 'd', default: 1, examples: [1] },
    true,
  ],
  ['a keyword that does not exist', { frobnicate: 1 }, false],
];

describe('checkSchema', () => {
  it.each(matrix)('%s', (_keyword, schema, isHonoured) => {
    const check = (): void => {
      checkSchema(schema);
    };
    if (isHonoured) expect(check).not.toThrow();
    else expect(check).toThrow(EngineError);
  });

  it('says where the keyword stands', () => {
    const schema = { type: 'object', properties: { a: { items: { multipleOf: 2 } } } };
    expect(() => {
      checkSchema(schema);
    }).toThrow('#/properties/a/items/multipleOf');
  });

  it('bounds depth', () => {
    let schema: Record<string, unknown> = leaf;
    for (let depth = 0; depth < 50; depth += 1) schema = { type: 'array', items: schema };
    expect(() => {
      checkSchema(schema);
    }).toThrow(/nested deeper/);
  });
});
