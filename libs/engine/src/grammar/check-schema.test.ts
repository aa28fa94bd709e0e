import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.js';
import { checkSchema } from './check-schema.js';
import { parseOutputConstraint } from './output-constraint.js';
import { keywordMatrix } from './testing/keyword-matrix.js';

describe('a schema', () => {
  it.each(keywordMatrix)('%s', (_keyword, schema, isHonoured) => {
    const check = (): void => {
      parseOutputConstraint({ type: 'json-schema', schema });
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
    let schema: Record<string, unknown> = { type: 'string' };
    for (let depth = 0; depth < 50; depth += 1) schema = { type: 'array', items: schema };
    expect(() => {
      checkSchema(schema);
    }).toThrow(/nested deeper/);
  });
});
