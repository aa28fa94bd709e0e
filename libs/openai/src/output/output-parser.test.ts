import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputParser, type OutputParserOptions } from './output-parser.js';

interface Whole {
  reasoning: string;
  content: string;
  calls: { name: string; arguments: string }[];
}

function read(pieces: readonly string[], options: OutputParserOptions): Whole {
  const parser = new OutputParser(options);
  const whole: Whole = { reasoning: '', content: '', calls: [] };
  for (const delta of [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()]) {
    if (delta.type === 'tool-call') whole.calls[delta.index] = { name: delta.name, arguments: '' };
    else if (delta.type === 'tool-call-arguments') whole.calls[delta.index]!.arguments += delta.text;
    else whole[delta.type] += delta.text;
  }
  return whole;
}

function cut(text: string, borders: readonly number[]): string[] {
  const at = [...new Set(borders.map((border) => border % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, index) => text.slice(start, at[index] ?? text.length));
}

const thinking = { startsInReasoning: true, tools: true };

describe('OutputParser', () => {
  it('splits reasoning from content and drops the layout between them', () => {
    expect(read(['\nfirst\n\nsecond\n</think>\n\nanswer\n'], { startsInReasoning: true })).toEqual({
      reasoning: 'first\n\nsecond',
      content: 'answer\n',
      calls: [],
    });
  });

  it('takes a think block at the start of an output that does not begin inside one', () => {
    expect(read(['<think>\nwhy\n</think>\n\nso'], {})).toMatchObject({ reasoning: 'why', content: 'so' });
    expect(read(['tell me of <think>'], {})).toMatchObject({ reasoning: '', content: 'tell me of <think>' });
    expect(read(['<thi'], {})).toMatchObject({ content: '<thi' });
  });

  it('reads calls, between and around text', () => {
    const call = (name: string) =>
      `<tool_call>\n{"name": "${name}", "arguments": {"x": [1, "}"]}}\n</tool_call>`;
    expect(read([`hm\n</think>\n\nLet me see.\n${call('a')}\n${call('b')}`], thinking)).toEqual({
      reasoning: 'hm',
      content: 'Let me see.',
      calls: [
        { name: 'a', arguments: '{"x": [1, "}"]}' },
        { name: 'b', arguments: '{"x": [1, "}"]}' },
      ],
    });
  });

  it('leaves calls alone when there are no tools', () => {
    const text = '<tool_call>\n{"name": "a", "arguments": {}}\n</tool_call>';
    expect(read([text], {})).toEqual({ reasoning: '', content: text, calls: [] });
  });

  it.each([
    ['arguments before the name', '{"arguments": {"a": 1}, "name": "f"}', '{"a": 1}'],
    ['no arguments', '{"name": "f"}', '{}'],
    ['arguments as text', '{"name": "f", "arguments": "{\\"a\\": 1}"}', '{"a": 1}'],
    ['an end tag in a string', '{"name": "f", "arguments": {"a": "</tool_call>"}}', '{"a": "</tool_call>"}'],
    ['an unclosed call', '{"name": "f", "arguments": {"a": "<', '{"a": "<'],
  ])('reads a call with %s', (_name, body, expected) => {
    const closing = body.endsWith('}') ? '</tool_call>' : '';
    expect(read([`<tool_call>${body}${closing}`], { tools: true }).calls).toEqual([
      { name: 'f', arguments: expected },
    ]);
  });

  it.each(['no json', '{"nome": "f"}', '{"name": 5}', '{"name": "f', '{"name": "a\nb"}'])(
    'gives out %j as text, since it names no function',
    (body) => {
      const text = `<tool_call>${body}</tool_call>`;
      expect(read([text], { tools: true })).toEqual({ reasoning: '', content: text, calls: [] });
    },
  );

  it('streams arguments as they come', () => {
    const parser = new OutputParser({ tools: true });
    expect(parser.push('<tool_call>{"name": "f", "arguments": {"a"')).toEqual([
      { type: 'tool-call', index: 0, name: 'f' },
      { type: 'tool-call-arguments', index: 0, text: '{"a"' },
    ]);
    expect(parser.push(': 12')).toEqual([{ type: 'tool-call-arguments', index: 0, text: ': 12' }]);
  });

  it('adds up to the same whole wherever the pieces are cut', () => {
    const bits = [
      '<think>',
      '</think>',
      '<tool_call>',
      '</tool_call>',
      '\n',
      '<',
      '/',
      '"',
      '\\',
      '{',
      '}',
      '漢😀',
    ];
    const call = fc
      .record({ name: fc.string({ minLength: 1 }), arguments: fc.dictionary(fc.string(), fc.jsonValue()) })
      .map((value) => `<tool_call>\n${JSON.stringify(value)}\n</tool_call>`);
    const text = fc
      .array(fc.oneof(fc.constantFrom(...bits), fc.string({ maxLength: 8 }), call), { maxLength: 14 })
      .map((parts) => parts.join(''));
    const options = fc.record({ startsInReasoning: fc.boolean(), tools: fc.boolean() });
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 40 }), options, (whole, borders, how) => {
        expect(read(cut(whole, borders), how)).toEqual(read([whole], how));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back every well-formed answer as it was written', () => {
    const word = fc.stringMatching(/^[a-z é漢😀]{1,12}$/);
    const calls = fc.array(fc.record({ name: word, arguments: fc.dictionary(fc.string(), fc.jsonValue()) }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(word, word, calls, fc.array(fc.nat()), (reasoning, content, expected, borders) => {
        const tail = expected.map((call) => `\n<tool_call>\n${JSON.stringify(call)}\n</tool_call>`).join('');
        const whole = read(cut(`${reasoning}\n</think>\n\n${content}${tail}`, borders), thinking);
        expect(whole.reasoning).toBe(reasoning);
        expect(whole.content).toBe(content);
        expect(whole.calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual(
          expected.map((call) => JSON.parse(JSON.stringify(call.arguments)) as unknown),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
