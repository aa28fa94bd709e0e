import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompletionChunkWriter, type CompletionChunkOptions } from './completion-chunk-writer.js';
import { CompletionCollector } from './completion-collector.js';
import type { GenerationEvent } from './generation-event.js';
import { completionChunkSchema, completionSchema } from './schemas.js';

const path = new URL('../../fixtures/openai.schema.json', import.meta.url);
const schema = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const ajv = new Ajv({ strict: false }).addSchema(schema, 'openai');

const options: CompletionChunkOptions = { id: 'cmpl-x', created: 5, model: 'tiny', includeUsage: true };

function answer(pieces: readonly string[], isWithLogprobs = false): GenerationEvent[] {
  const usage = { promptTokens: 3, completionTokens: pieces.length, cachedTokens: 0 };
  return [
    { type: 'start', promptTokens: 3, droppedTurns: 0 },
    ...pieces.map((text): GenerationEvent => {
      const entry = { text, bytes: [...new TextEncoder().encode(text)], logprob: -0.5 };
      return isWithLogprobs
        ? { type: 'token', text, logprob: { ...entry, top: [entry] } }
        : { type: 'token', text };
    }),
    { type: 'finish', reason: 'length', text: '', usage },
  ];
}

function write(choices: readonly GenerationEvent[][], more: Partial<CompletionChunkOptions> = {}) {
  const writer = new CompletionChunkWriter({ ...options, ...more });
  const chunks = choices.flatMap((events, index) => events.flatMap((event) => writer.push(index, event)));
  return [...chunks, ...writer.end()];
}

/** A record's schema drops a key of this name when it parses, which a token may well be. */
const withoutProto = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === '__proto__' ? undefined : part)));

function collect(chunks: ReturnType<typeof write>) {
  const collector = new CompletionCollector();
  for (const chunk of chunks) collector.add(chunk);
  return collector.result();
}

describe('CompletionChunkWriter and CompletionCollector', () => {
  it('repeat the prompt where it is to be echoed, and count it once for all its choices', () => {
    const choices = [answer(['a', 'b']), answer(['c']), answer(['d']), answer(['e'])];
    const whole = collect(write(choices, { n: 2, echo: ['1+', '2+'] }));
    expect(whole.choices.map(({ text }) => text)).toEqual(['1+ab', '1+c', '2+d', '2+e']);
    expect(whole.usage).toMatchObject({ prompt_tokens: 6, completion_tokens: 5, total_tokens: 11 });
  });

  it('say where each token begins, in characters', () => {
    const whole = collect(write([answer(['x😀', 'y', 'z'], true)]));
    expect(whole.choices[0]?.logprobs).toEqual({
      tokens: ['x😀', 'y', 'z'],
      token_logprobs: [-0.5, -0.5, -0.5],
      top_logprobs: [{ 'x😀': -0.5 }, { y: -0.5 }, { z: -0.5 }],
      text_offset: [0, 2, 3],
    });
  });

  it('give the probability of every token, whatever its name', () => {
    const whole = collect(write([answer(['__proto__', 'constructor'], true)]));
    expect(whole.choices[0]?.logprobs?.top_logprobs.map((top) => Object.entries(top))).toEqual([
      [['__proto__', -0.5]],
      [['constructor', -0.5]],
    ]);
  });

  it('have no usage where none was asked for', () => {
    const chunks = write([answer(['x'])], { includeUsage: false });
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
    expect(() => collect(chunks)).toThrow(/usage chunk is missing/);
  });

  it('are what OpenAI’s clients expect, whatever the model says', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string()), { minLength: 1 }), fc.boolean(), (choices, isWith) => {
        const chunks = write(choices.map((pieces) => answer(pieces, isWith)));
        for (const chunk of chunks) expect(completionChunkSchema.parse(chunk)).toEqual(withoutProto(chunk));
        const whole = collect(chunks);
        expect(completionSchema.parse(whole)).toEqual(withoutProto(whole));
        ajv.validate('openai#/definitions/Completion', whole);
        expect(ajv.errors ?? []).toEqual([]);
        expect(whole.choices.map(({ text }) => text)).toEqual(choices.map((pieces) => pieces.join('')));
      }),
      { examples: [[[['__proto__', 'constructor'], []], true]] },
    );
  });
});
