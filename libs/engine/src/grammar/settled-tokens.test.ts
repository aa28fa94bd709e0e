import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tokenizer } from '../tokenizer/tokenizer.js';
import { tokenizerSchema } from '../tokenizer/tokenizer-schema.js';
import { settledTokens } from './settled-tokens.js';

const file = new URL('../../../nano/checkpoint/tokenizer.json', import.meta.url);
const tokenizer = new Tokenizer(tokenizerSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
const textOf = (ids: readonly number[]): string => tokenizer.decode(ids);

test('a quote is settled before letters and digits, and not before other signs', () => {
  expect(textOf(settledTokens(tokenizer, { text: '": "', following: ['A', '0'] }))).toBe('": "');
  expect(textOf(settledTokens(tokenizer, { text: '": "', following: ['A', '-'] }))).toBe('":');
  expect(textOf(settledTokens(tokenizer, { text: '": "', following: undefined }))).toBe('":');
});

test('everything is settled at the end, and nothing of a word that goes on', () => {
  expect(textOf(settledTokens(tokenizer, { text: 'true', following: [] }))).toBe('true');
  expect(settledTokens(tokenizer, { text: 'true', following: ['s'] })).toEqual([]);
  expect(settledTokens(tokenizer, { text: '', following: [] })).toEqual([]);
});

test('white space is never the last', () => {
  expect(textOf(settledTokens(tokenizer, { text: 'a: \n ', following: ['b'] }))).toBe('a:');
});

test('a text that normalisation would change is left to the model', () => {
  expect(settledTokens(tokenizer, { text: 'e\u0301', following: [] })).toEqual([]);
});

test('they are the beginning of the text with anything that may follow', () => {
  const part = fc.oneof(
    fc.constantFrom('", "', '": "', '-', '/', '}', ' ', '\n', "'", 'LAKI', '12', '日本'),
    fc.string({ maxLength: 4 }),
  );
  const texts = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  const following = fc.option(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 1 }), { maxLength: 4 }));
  fc.assert(
    fc.property(texts, following, texts, (text, characters, tail) => {
      const ids = settledTokens(tokenizer, { text, following: characters ?? undefined });
      const next = characters?.length === 0 ? [''] : (characters ?? ['x']).map((first) => first + tail);
      for (const more of next) expect(tokenizer.encodePlain(text + more).slice(0, ids.length)).toEqual(ids);
    }),
    { numRuns: 2000 },
  );
});
