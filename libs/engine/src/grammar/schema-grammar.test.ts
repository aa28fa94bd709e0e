import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { checkSchema } from './check-schema.js';
import { jsonText } from './json-nodes.js';
import { schemaGrammar } from './schema-grammar.js';
import { accepts } from './testing/accepts.js';

const ajv = new Ajv2020({ strict: false });
const leaf = { type: 'string' };
const pets = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 3 }, legs: { type: 'integer', minimum: 0 } },
  required: ['name'],
};

describe('the values of a schema', () => {
  it.each<[string, Record<string, unknown>, unknown[], unknown[]]>([
    ['bounded strings', { type: 'string', minLength: 2, maxLength: 3 }, ['ab', 'a😀c', '"\\'], ['a', 'abcd']],
    ['optional members', pets, [{ name: 'a' }, { name: 'a', legs: 4 }], [{ legs: 4 }, { name: 'abcd' }, 1]],
    [
      'open objects',
      { ...pets, additionalProperties: { type: 'null' } },
      [{ name: 'a', x: null, '': null }],
      [{ name: 'a', x: 1 }, { x: null }],
    ],
    [
      'names that are taken',
      { ...pets, additionalProperties: true },
      [{ name: 'a', legss: 'x', leg: 1 }],
      [{ name: 'a', legs: 'x' }],
    ],
    ['required names that are not listed', { required: ['a'] }, [{ a: 1 }], [{}]],
    [
      'lists',
      { type: 'array', items: leaf, minItems: 1, maxItems: 2 },
      [['a'], ['a', 'b']],
      [[], ['a', 'b', 'c'], [1]],
    ],
    [
      'tuples',
      { type: 'array', prefixItems: [leaf, { type: 'null' }], items: false },
      [['a', null]],
      [
        ['a', 1],
        [null, null],
      ],
    ],
    [
      'tuples with more',
      { type: 'array', prefixItems: [leaf], items: { type: 'null' }, minItems: 2 },
      [
        ['a', null],
        ['a', null, null],
      ],
      [['a', 'b']],
    ],
    ['empty lists only', { type: 'array', maxItems: 0 }, [[]], [[1]]],
    ['several types', { type: ['integer', 'null'], minimum: 3 }, [3, null], [2, 'a']],
    ['enum with a type', { type: ['string', 'null'], enum: ['a', 1, null] }, ['a', null], [1, 'b']],
    ['const of an object', { const: { a: [1, 'x'] } }, [{ a: [1, 'x'] }], [{ a: [1] }]],
    [
      'branches beside members',
      { ...pets, anyOf: [{ required: ['legs'] }, { properties: { name: { const: 'b' } } }] },
      [{ name: 'a', legs: 1 }, { name: 'b' }],
      [{ name: 'a' }],
    ],
    [
      'several allOf',
      { allOf: [pets, { properties: { name: { minLength: 2 } } }, { required: ['legs'] }] },
      [{ name: 'ab', legs: 1 }],
      [{ name: 'a', legs: 1 }, { name: 'ab' }],
    ],
    [
      'allOf with closed objects',
      { allOf: [{ ...pets, additionalProperties: false }, { properties: { other: leaf } }] },
      [{ name: 'a' }],
      [{ name: 'a', other: 'x' }],
    ],
    [
      'references beside keywords',
      { $ref: '#/$defs/word', maxLength: 2, $defs: { word: { type: 'string', minLength: 1 } } },
      ['a', 'ab'],
      ['', 'abc'],
    ],
    ['references with escapes', { $ref: '#/$defs/a~1b%20c', $defs: { 'a/b c': leaf } }, ['x'], [1]],
    [
      'recursion',
      { type: 'object', properties: { next: { $ref: '#' } } },
      [{}, { next: { next: {} } }],
      [{ next: 1 }],
    ],
    ['patterns', { type: 'string', pattern: '^"[^b]\\\\?$' }, ['"a', '"\\\\', '"\n'], ['"b', 'a']],
    ['anything', {}, [1, null, 'a', [1, { a: [] }], { a: -1.5e10 }, true], []],
    ['nothing in particular', { title: 'x', $defs: {} }, [1], []],
    ['numbers', { type: 'number', exclusiveMinimum: 0, maximum: 1 }, [0.5, 1, 0.000001], [0, 1.5, -1]],
  ])('%s', (_name, schema, right, wrong) => {
    checkSchema(schema);
    const root = schemaGrammar(schema);
    const isRight = (value: unknown): boolean => accepts(root, jsonText(value));
    expect(right.filter((value) => !isRight(value) || !ajv.validate(schema, value))).toEqual([]);
    expect(wrong.filter((value) => isRight(value))).toEqual([]);
  });

  it('are written in any spelling of their characters, but never as half of one', () => {
    const root = schemaGrammar({ type: 'string', maxLength: 1 });
    const right = ['"\\u00e9"', '"\\ud83d\\ude00"', '"\\/"', '"\\n"', '"é"'];
    const wrong = ['"\\ud83d"', '"\\ude00"', '"\n"', '"\\q"', '"\\u00e"'];
    expect([...right, ...wrong].filter((text) => accepts(root, text))).toEqual(right);
  });
});
