import fc from 'fast-check';
import { expect, it } from 'vitest';
import { followUtf8 } from './utf8.js';

it('takes the same bytes for UTF-8 as a strict decoder does, however they are cut', () => {
  const byte = fc.oneof(
    fc.constantFrom(0xe0, 0xed, 0xf0, 0xf4, 0x80, 0x90, 0x9f, 0xa0, 0xbf),
    fc.integer({ min: 0, max: 255 }),
  );
  const valid = fc.string({ unit: 'grapheme' }).map((text) => [...new TextEncoder().encode(text)]);
  fc.assert(
    fc.property(fc.oneof(fc.array(byte, { maxLength: 6 }), valid), fc.nat({ max: 6 }), (bytes, cut) => {
      const first = followUtf8([], bytes.slice(0, cut));
      const pending = first && followUtf8(first, bytes.slice(cut));
      let isUtf8 = true;
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
      } catch {
        isUtf8 = false;
      }
      expect(pending?.length === 0).toBe(isUtf8);
    }),
    { numRuns: 2000 },
  );
});
