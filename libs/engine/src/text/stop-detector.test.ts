import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxStopLength, maxStopStrings, StopDetector } from './stop-detector.js';

/** Feeds the pieces until a stop; gives the whole text and the stop. */
function run(stops: string[], pieces: string[]): { text: string; stop: string | undefined } {
  const detector = new StopDetector(stops);
  let text = '';
  for (const piece of pieces) {
    const progress = detector.push(piece);
    text += progress.text;
    if (progress.stop !== undefined) return { text, stop: progress.stop };
  }
  return { text: text + detector.end(), stop: undefined };
}

describe('a stop detector', () => {
  it('finds a stop string across pieces', () => {
    expect(run(['STOP'], ['go S', 'T', 'OP no'])).toEqual({ text: 'go ', stop: 'STOP' });
  });

  it('holds back only what may still become a stop string', () => {
    const detector = new StopDetector(['\n\n', 'Observation:']);
    expect(detector.push('one\n').text).toBe('one');
    expect(detector.push('two Obs').text).toBe('\ntwo ');
    expect(detector.push('tacle').text).toBe('Obstacle');
    expect(detector.end()).toBe('');
  });

  it('lets through an overlapping false start', () => {
    expect(run(['aab'], ['a', 'a', 'a', 'b'])).toEqual({ text: 'a', stop: 'aab' });
  });

  it('ends at the string that is complete first', () => {
    expect(run(['abcd', 'bc'], ['abcd'])).toEqual({ text: 'a', stop: 'bc' });
    expect(run(['c', 'bc'], ['abcd'])).toEqual({ text: 'a', stop: 'bc' });
  });

  it('gives back what was held when the text ends', () => {
    expect(run(['</end>'], ['x</en'])).toEqual({ text: 'x</en', stop: undefined });
  });

  it.each([
    ['an empty string', ['']],
    ['a long string', ['x'.repeat(maxStopLength + 1)]],
    ['half a surrogate pair', ['\uD83D']],
    ['too many', Array.from({ length: maxStopStrings + 1 }, () => 'x')],
  ])('refuses %s', (_, stops) => {
    expect(() => new StopDetector(stops)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('does not depend on how the text is cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    const stops = fc.array(
      letters.filter((text) => text.length > 0),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(stops, fc.array(letters, { maxLength: 5 }), (stopStrings, pieces) => {
        const whole = pieces.join('');
        const result = run(stopStrings, pieces);
        expect(result).toEqual(run(stopStrings, whole.split('')));
        if (result.stop === undefined) {
          expect(result.text).toBe(whole);
          expect(stopStrings.some((stop) => whole.includes(stop))).toBe(false);
        } else {
          expect(whole.startsWith(result.text + result.stop)).toBe(true);
        }
      }),
    );
  });
});
