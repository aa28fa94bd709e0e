import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.js';
import { parseOutputConstraint } from './output-constraint.js';
import { parseEbnf } from './parse-ebnf.js';
import { accepts } from './testing/accepts.js';

const arithmetic = String.raw`
# sums of numbers
root  ::= term (("+" | "-") term)*   # one after another
term  ::= number | "(" root ")"
number ::= [1-9] [0-9]{0,3} | "0"
`;

describe('a grammar', () => {
  it.each([
    [arithmetic, ['1', '12+3', '(1-(20+3))+4444'], ['', '01', '1+', '(1', '12345']],
    [
      'root ::= "\\"\\n\\u00e9\\x41\\U0001F600" [^a-c\\]]',
      ['"\néA😀d', '"\néA😀日'],
      ['"\néA😀a', '"\néA😀]'],
    ],
    ['root ::= [-+.] [a\\-c] [x-]', ['-ax', '+--', '.cx'], ['-bx', 'a']],
    ['root ::= a-b{2} a-b{1,} a-b{0,1}\na-b ::= "x"?', ['', 'x', 'xxxxxx'], ['y']],
    ['root ::= .', ['a', '日', '\n'], ['', 'ab']],
    ['root ::= ("a" |)\n', ['', 'a'], ['aa']],
    ['root ::= "a" root "b" | ""', ['', 'ab', 'aaabbb'], ['aab']],
  ])('%s', (grammar, right, wrong) => {
    const root = parseEbnf(grammar);
    expect(right.filter((text) => !accepts(root, text))).toEqual([]);
    expect(wrong.filter((text) => accepts(root, text))).toEqual([]);
  });

  it.each([
    ['root ::= (', 'not closed'],
    ['root ::= "a', 'line 1, column 10'],
    ['a ::= "a"', 'no rule root'],
    ['root ::= b', 'no rule b'],
    ['root ::= "a"\nroot ::= "b"', 'twice'],
    ['root ::= "a" )', 'expected'],
    ['root ::= *', 'not expected'],
    ['root ::= [z-a]', 'backwards'],
    ['root ::= "\\q"', 'not known'],
    ['root ::= "\\ud800"', 'no character'],
    ['root ::= "a"{3,2}', 'count'],
    [`root ::= ${'('.repeat(200)}`, 'nested deeper'],
    ['root ::= root "a" | "b"', 'begins with itself'],
    ['root ::= a? root "b" | "b"\na ::= "a"', 'begins with itself'],
    ['root ::= "a" root', 'No answer'],
    ['x', 'expected'],
  ])('is refused: %s', (grammar, message) => {
    const parse = (): void => void parseOutputConstraint({ type: 'grammar', grammar });
    expect(parse).toThrow(EngineError);
    expect(parse).toThrow(message);
  });
});
