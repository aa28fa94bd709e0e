import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FIELD_NAMES } from '../fields/field-names.js';
import { KtpError } from '../errors.js';
import { parseModelAnswer, writeModelAnswer } from './model-answer.js';

describe('parseModelAnswer', () => {
  it('takes strings and leaves out null and blanks', () => {
    const fields = parseModelAnswer('{"nik": "3201", "nama": null, "agama": "  ", "provinsi": "BALI"}');
    expect(Object.keys(fields)).toEqual(['nik', 'provinsi']);
    expect(fields.nik).toEqual({ raw: '3201', confidence: null, source: 'vlm', box: null, alternatives: [] });
  });

  it('refuses everything else without quoting it', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom('[]', '"x"', '{"nik": 3201}', '{"nama": {}}', 'SITI {', '12'),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseModelAnswer(text);
        } catch (error) {
          expect(KtpError.isInstance(error) && error.code).toBe('model_answer_invalid');
          expect(error instanceof Error && error.message).not.toContain('SITI');
          expect(error instanceof Error ? error.cause : undefined).toBeUndefined();
        }
      }),
    );
    expect(() => parseModelAnswer('SITI {')).toThrow('agreed form');
  });
});

describe('writeModelAnswer', () => {
  it('writes what parseModelAnswer reads, every field in printed order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...FIELD_NAMES), fc.string({ maxLength: 80 })), (values) => {
        const fields = parseModelAnswer(JSON.stringify(values));
        const text = writeModelAnswer(fields);
        expect(parseModelAnswer(text)).toEqual(fields);
        expect(Object.keys(JSON.parse(text) as object)).toEqual([...FIELD_NAMES]);
      }),
    );
    expect(writeModelAnswer({})).toMatch(/^\{"\w+": null, /);
  });
});
