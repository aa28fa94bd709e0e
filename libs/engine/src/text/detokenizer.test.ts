import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Detokenizer, type TokenBytes } from './detokenizer.js';

/** One token for each byte; 256 and up are special. */
const everyByte: TokenBytes = {
  bytes: (id) => (id < 256 ? Uint8Array.of(id) : new TextEncoder().encode('<|special|>')),
  isSpecial: (id) => id >= 256,
};

const stream = (ids: Iterable<number>): string[] => {
  const detokenizer = new Detokenizer(everyByte);
  const pieces = [...ids].map((id) => detokenizer.push(id));
  return [...pieces, detokenizer.end()];
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

it('emits a character with its last byte and never a half', () => {
  expect(stream(utf8('a€😀'))).toEqual(['a', '', '', '€', '', '', '', '😀', '']);
});

it('does not hold back a genuine replacement character', () => {
  expect(stream(utf8('\uFFFDx'))).toEqual(['', '', '\uFFFD', 'x', '']);
});

it('keeps a byte order mark', () => {
  expect(stream(utf8('\uFEFFx')).join('')).toBe('\uFEFFx');
});

it('shows an unfinished character at the end', () => {
  expect(stream(utf8('😀').slice(0, 3))).toEqual(['', '', '', '\uFFFD']);
});

it('skips special tokens, even inside a character', () => {
  expect(stream([0xe2, 256, 0x82, 0xac, 300])).toEqual(['', '', '', '€', '', '']);
});

it('concatenates to the decoding of the whole, for any bytes', () => {
  const whole = new TextDecoder('utf-8', { ignoreBOM: true });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(stream(bytes).join('')).toBe(whole.decode(bytes));
    }),
  );
});

it('concatenates to the text, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(stream(utf8(text)).join('')).toBe(text);
    }),
  );
});
