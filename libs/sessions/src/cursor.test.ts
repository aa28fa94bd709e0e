import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCursor, formatCursor, parseCursor } from './cursor.js';

describe('cursors', () => {
  it('come back as they were formatted, whatever the session id', () => {
    fc.assert(
      fc.property(fc.string(), fc.maxSafeNat(), (id, index) => {
        expect(parseCursor(formatCursor(id, index), id)).toBe(index);
      }),
    );
  });

  it('are refused in any other form', () => {
    for (const cursor of [
      '',
      's',
      's:',
      's:x',
      's:-1',
      's:+1',
      's:01',
      's:1e3',
      's: 1',
      't:1',
      's:9007199254740992',
    ]) {
      expect(() => parseCursor(cursor, 's')).toThrow(expect.objectContaining({ code: 'CURSOR_MALFORMED' }));
    }
  });

  it('are good from before the first kept event to the last one', () => {
    const session = { firstIndex: 3, nextIndex: 6 };
    expect(() => {
      checkCursor(1, session);
    }).toThrow(expect.objectContaining({ code: 'CURSOR_EVICTED', firstIndex: 3 }));
    for (const after of [2, 3, 4, 5]) checkCursor(after, session);
    expect(() => {
      checkCursor(6, session);
    }).toThrow(expect.objectContaining({ code: 'CURSOR_IN_FUTURE' }));
  });
});
