import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldenJson } from '../testing/golden-files.js';
import { Tokenizer } from './tokenizer.js';
import { tokenizerSchema } from './tokenizer-schema.js';

const tokenizer = new Tokenizer(goldenJson('tokenizer/tokenizer.json.gz', tokenizerSchema));
const cases = goldenJson(
  'chat/tokenizer.json',
  z.array(z.object({ text: z.string(), ids: z.array(z.int()), decoded_skip_special: z.string() })),
);

describe('the tokenizer equals the reference', () => {
  it.each(cases)('$text', ({ text, ids, decoded_skip_special }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded_skip_special);
  });
});

it('gives any text back after NFC, and never an added token for plain text', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(...tokenizer.vocabulary.added.map(({ content }) => content)),
    fc.constantFrom('\n', ' ', '<', '|>'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (words) => {
      const text = words.join('');
      const ids = tokenizer.encodePlain(text);
      expect(ids.some((id) => tokenizer.vocabulary.addedToken(id))).toBe(false);
      expect(tokenizer.decode(ids)).toBe(text.normalize('NFC'));
    }),
  );
});

it('knows the sizes and flags of the vocabulary', () => {
  const { vocabulary } = tokenizer;
  expect(vocabulary.size).toBe(151669);
  expect(vocabulary.isSpecial(151645)).toBe(true);
  expect(vocabulary.isSpecial(vocabulary.addedId('<think>')!)).toBe(false);
  expect(vocabulary.bytes(151668)).toEqual(new TextEncoder().encode('</think>'));
  expect(vocabulary.bytes(151900)).toHaveLength(0);
});
