import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteAutomaton, type ByteState } from './byte-automaton.js';
import { characterOf, jsonCharacterOf } from './code-points.js';
import { formatPatterns } from './format-patterns.js';
import { jsonQuoted } from './json-nodes.js';
import { nodeFacts } from './node-checks.js';
import { parsePattern, PatternError } from './parse-pattern.js';
import { accepts } from './testing/accepts.js';

const letters = Array.from('abcxyzABC019 _-."\\\n\té日😀\u2028');
const texts = fc.string({ unit: fc.constantFrom(...letters), maxLength: 6 });

describe('a pattern matches what the regular expression matches', () => {
  it.each([
    '',
    '^$',
    'b',
    '^a|b$',
    '^a?b*c+$',
    '^(?:ab|[xyz]){1,2}$',
    '^(?<name>a.)?$',
    '^.$',
    '^[^ab]*$',
    '^[^\\d\\s]+$',
    '^\\w\\W',
    '[\\-\\]\\\\"]',
    '^[a-c]{2}[0-9]?',
    '^\\u{1f600}$|^\\u00e9|\\ud83d\\ude00$',
    '^(a|ab)(c|bcd)?$',
    '^a{0}b{2,}?$',
    '^["\\\\\\n\\t]+$',
    '^\\x41.*0$',
  ])('%s', (pattern) => {
    const expression = new RegExp(pattern, 'u');
    const plain = parsePattern(pattern, characterOf);
    const json = jsonQuoted(parsePattern(pattern, jsonCharacterOf));
    fc.assert(
      fc.property(texts, (text) => {
        expect(accepts(plain, text)).toBe(expression.test(text));
        expect(accepts(json, JSON.stringify(text))).toBe(expression.test(text));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['^(?=a)', '(?<!a)b', '(a)\\1', '\\ba', '\\p{L}', 'a^b', '(a$)b', '[', '^(a{0,100}){0,100}$'])(
    'or is refused: %s',
    (pattern) => {
      expect(() => parsePattern(pattern, characterOf)).toThrow(PatternError);
    },
  );
});

it.each(Object.entries(formatPatterns))(
  'the pattern of %s can be followed to its end',
  (_format, pattern) => {
    const root = parsePattern(pattern, characterOf);
    const automaton = new ByteAutomaton(root, nodeFacts(root).isProductive);
    const expression = new RegExp(pattern, 'u');
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (choices) => {
        let state: ByteState = automaton.start;
        let text = '';
        for (const pick of choices) {
          const bytes = Array.from({ length: 128 }, (_, byte) => byte);
          const steps = bytes.flatMap((byte) => {
            const next = automaton.step(state, byte);
            return next === null ? [] : [{ byte, next }];
          });
          const step = steps[pick % (steps.length + (state.isEnd ? 1 : 0))];
          if (step === undefined) break;
          text += String.fromCharCode(step.byte);
          state = step.next;
        }
        expect(text).toMatch(expression);
      }),
      { numRuns: 50 },
    );
  },
);
