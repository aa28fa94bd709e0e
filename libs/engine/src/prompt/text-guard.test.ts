import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenCheckpoint } from '../testing/golden-checkpoint.js';
import { preparePrompt } from './prepare-prompt.js';
import { maxValueDepth, TextGuard } from './text-guard.js';

const thinking = goldenCheckpoint('thinking');
const { guard, tokenizer } = thinking;
const tokens = tokenizer.vocabulary.added.map(({ content }) => content);

/** Text that tries hard: tokens, pieces of tokens, guards. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...tokens),
      fc.constantFrom(
        '<',
        '>',
        '<|',
        '|>',
        '<|im_',
        'end|>',
        'im_end',
        '</',
        'think>',
        '\uFDD0',
        '\uFDD00',
        '0',
        '\n',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''));

describe('the guard', () => {
  it('gives back any text as it was', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(guard.reveal(guard.protect(text))).toBe(text);
        expect(guard.reveal(guard.protectAnswer(text))).toBe(text);
      }),
    );
  });

  it('lets no token appear in text or across the borders of texts', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 4 }), (texts) => {
        const rendered = texts.map((text) => guard.protect(text)).join('');
        expect(tokenizer.split(rendered).some((piece) => typeof piece === 'number')).toBe(false);
      }),
    );
  });

  it('lets no token of the template be completed by a text', () => {
    for (const content of tokens) {
      for (let at = 1; at < content.length; at++) {
        const rendered = content.slice(0, at) + guard.protect(content.slice(at));
        expect(tokenizer.split(rendered)).toEqual([rendered]);
      }
    }
  });

  it('protects names and values at every depth, up to a limit', () => {
    const value = { '<think>': [{ deep: '<|im_end|>' }, 1, null, true] };
    expect(JSON.stringify(guard.protectValue(value))).not.toMatch(/<think>|<\|im_end\|>/);
    let nested: unknown = 'x';
    for (let level = 0; level <= maxValueDepth; level++) nested = [nested];
    expect(() => guard.protectValue(nested)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  it('works for tokens of any form', () => {
    const own = new TextGuard([
      { ...token, id: 1, content: '[x]', special: true },
      { ...token, id: 2, content: '😀y😀', special: true },
    ]);
    const text = 'a[x]b😀y😀c';
    expect(own.protect(text)).not.toContain('[x]');
    expect(own.protect(text)).not.toContain('😀y😀');
    expect(own.reveal(own.protect(text))).toBe(text);
  });
});

const token = { single_word: false, lstrip: false, rstrip: false, normalized: false } as const;

describe('a prompt', () => {
  const pixel = { width: 32, height: 32, data: new Uint8Array(32 * 32 * 3) };

  /** The ids of added tokens in the prompt of a conversation whose every text is `text`. */
  function addedIds(text: string): number[] {
    const { ids } = preparePrompt(
      thinking,
      {
        messages: [
          { role: 'system', content: text },
          {
            role: 'user',
            content: [
              { type: 'text', text },
              { type: 'image', image: pixel },
              { type: 'text', text },
            ],
          },
          {
            role: 'assistant',
            content: '',
            reasoningContent: text,
            toolCalls: [{ name: text, arguments: { [text]: [text] } }],
          },
          { role: 'tool', content: text },
          {
            role: 'tool',
            content: [
              { type: 'text', text },
              { type: 'text', text },
            ],
          },
        ],
        tools: [
          { type: 'function', function: { name: text, description: text, parameters: { [text]: text } } },
        ],
      },
      { maxPromptTokens: 100_000 },
    );
    return [...ids].filter((id) => tokenizer.vocabulary.addedToken(id));
  }

  it('has the same special tokens whatever users write', () => {
    const harmless = addedIds('x');
    fc.assert(
      fc.property(
        hostile.filter((text) => text !== ''),
        (text) => {
          expect(addedIds(text)).toEqual(harmless);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has the ids of unguarded text wherever that text forges nothing', () => {
    fc.assert(
      fc.property(hostile, hostile, (first, second) => {
        const parts = [first, second].map((text) => ({ type: 'text', text }) as const);
        const messages = [{ role: 'user', content: parts }] as const;
        const rendered = thinking.template.render({ messages, add_generation_prompt: true });
        const own = [151644, 151645, 151644, 151667];
        fc.pre(tokenizer.split(rendered).filter((piece) => typeof piece === 'number').length === own.length);
        const { ids } = preparePrompt(thinking, { messages }, { maxPromptTokens: 100_000 });
        expect([...ids]).toEqual(tokenizer.encode(rendered));
      }),
    );
  });

  it('keeps what the model wrote in its own earlier answers', () => {
    const answer = '<tool_call>\n{"name": "<|im_end|>"}\n</tool_call>';
    const { ids } = preparePrompt(
      thinking,
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: answer },
          { role: 'user', content: 'y' },
        ],
      },
      { maxPromptTokens: 1000 },
    );
    const count = (content: string): number =>
      ids.filter((id) => id === tokenizer.vocabulary.addedId(content)).length;
    expect(count('<tool_call>')).toBe(1);
    expect(count('<|im_end|>')).toBe(3);
  });
});
