import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatChunkWriter, type ChatChunkOptions } from './chat-chunk-writer.js';
import { ChatCompletionCollector } from './chat-completion-collector.js';
import { chatCompletionChunkSchema, chatCompletionSchema } from './schemas.js';
import type { GenerationEvent } from './generation-event.js';
import type { ChatCompletion, ChatCompletionChunk } from './types.js';

const schema = JSON.parse(
  readFileSync(new URL('../../fixtures/openai.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;
const ajv = new Ajv({ strict: false }).addSchema(schema, 'openai');

/** Fails with what is wrong unless `value` is what OpenAI's clients expect. */
function expectValid(type: 'ChatCompletion' | 'ChatCompletionChunk', value: unknown): void {
  const isValid = ajv.validate(`openai#/definitions/${type}`, value);
  expect({ isValid, errors: ajv.errors ?? [] }).toEqual({ isValid: true, errors: [] });
}

const options: ChatChunkOptions = { id: 'chatcmpl-x1', created: 5, model: 'tiny', includeUsage: true };
const start: GenerationEvent = { type: 'start', promptTokens: 7, droppedTurns: 0 };

function token(text: string, isWithLogprob = false): GenerationEvent {
  const entry = { text, bytes: [...new TextEncoder().encode(text)], logprob: -0.5 };
  return isWithLogprob
    ? { type: 'token', text, logprob: { ...entry, top: [entry] } }
    : { type: 'token', text };
}

function finish(reason: 'stop' | 'length' | 'cancelled', completionTokens: number): GenerationEvent {
  return { type: 'finish', reason, text: '', usage: { promptTokens: 7, completionTokens, cachedTokens: 2 } };
}

function write(
  events: readonly GenerationEvent[],
  more: Partial<ChatChunkOptions> = {},
): ChatCompletionChunk[] {
  const writer = new ChatChunkWriter({ ...options, ...more });
  return [...events.flatMap((event) => writer.push(0, event)), ...writer.end()];
}

function collect(chunks: readonly ChatCompletionChunk[]): ChatCompletion {
  const collector = new ChatCompletionCollector();
  for (const chunk of chunks) collector.add(chunk);
  return collector.result();
}

describe('ChatChunkWriter and ChatCompletionCollector', () => {
  it('begin with the role, end with the reason, then the usage with no choices', () => {
    const chunks = write([start, token('Hel'), token('lo'), finish('stop', 2)]);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ delta: {}, finish_reason: 'stop' });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 7, total_tokens: 9 } });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    expect(collect(chunks).choices[0]?.message).toEqual({
      role: 'assistant',
      content: 'Hello',
      refusal: null,
    });
  });

  it('have no usage field where none was asked for', () => {
    const chunks = write([start, token('x'), finish('stop', 1)], { includeUsage: false });
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
  });

  it('keep reasoning apart and count its tokens', () => {
    const pieces = ['let me', ' see\n', '</think>', '\n\n', '42'];
    const answer = collect(
      write([start, ...pieces.map((text) => token(text)), finish('stop', 5)], { startsInReasoning: true }),
    );
    expect(answer.choices[0]?.message).toMatchObject({ reasoning_content: 'let me see', content: '42' });
    expect(answer.usage.completion_tokens_details.reasoning_tokens).toBe(3);
  });

  it('give tool calls ids that depend on the answer alone, and the reason tool_calls', () => {
    const text = '<tool_call>\n{"name": "now", "arguments": {"zone": "Asia/Jakarta"}}\n</tool_call>';
    const answer = collect(
      write([start, ...Array.from(text, (c) => token(c)), finish('stop', 9)], { tools: true }),
    );
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [
          {
            id: 'call_x1_0_0',
            type: 'function',
            function: { name: 'now', arguments: '{"zone": "Asia/Jakarta"}' },
          },
        ],
      },
    });
  });

  it('say length even in the middle of a tool call', () => {
    const chunks = write([start, token('<tool_call>{"name": "f", "arguments": {"a'), finish('length', 3)], {
      tools: true,
    });
    expect(collect(chunks).choices[0]?.finish_reason).toBe('length');
  });

  it('report logprobs of content, not of reasoning', () => {
    const pieces = ['hm', '</think>', 'yes'];
    const answer = collect(
      write([start, ...pieces.map((text) => token(text, true)), finish('stop', 3)], {
        startsInReasoning: true,
      }),
    );
    expect(answer.choices[0]?.logprobs?.content?.map((entry) => entry.token)).toEqual(['yes']);
  });

  it('mark a cancelled answer and one with dropped turns', () => {
    const answer = collect(write([{ ...start, droppedTurns: 2 }, token('x'), finish('cancelled', 1)]));
    expect(answer).toMatchObject({ cancelled: true, dropped_turns: 2, choices: [{ finish_reason: 'stop' }] });
  });

  it('carry several choices side by side', () => {
    const writer = new ChatChunkWriter(options);
    const chunks = [0, 1].flatMap((index) =>
      [start, token(`answer ${index}`), finish('stop', 2)].flatMap((event) => writer.push(index, event)),
    );
    const answer = collect([...chunks, ...writer.end()]);
    expect(answer.choices.map((choice) => choice.message.content)).toEqual(['answer 0', 'answer 1']);
    expect(answer.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 4 });
  });

  it('refuse to make a whole of chunks without usage', () => {
    expect(() => collect(write([start], { includeUsage: false }))).toThrow(/usage chunk is missing/);
  });

  it('are what OpenAI’s clients expect, whatever the model says', () => {
    const piece = fc.oneof(
      fc.constantFrom('</think>', '<tool_call>', '{"name": "f", "arguments": {', '}}', '</tool_call>', '\n'),
      fc.string({ maxLength: 6 }),
    );
    const setup = fc.record({ startsInReasoning: fc.boolean(), tools: fc.boolean() });
    const reason = fc.constantFrom('stop' as const, 'length' as const, 'cancelled' as const);
    fc.assert(
      fc.property(fc.array(piece), setup, fc.boolean(), reason, (pieces, how, isWithLogprobs, end) => {
        const events = pieces.map((text) => token(text, isWithLogprobs));
        const chunks = write([start, ...events, finish(end, pieces.length)], how);
        for (const chunk of chunks) {
          expectValid('ChatCompletionChunk', chunk);
          expect(chatCompletionChunkSchema.parse(chunk)).toEqual(chunk);
        }
        expectValid('ChatCompletion', collect(chunks));
        expect(chatCompletionSchema.parse(collect(chunks))).toEqual(collect(chunks));
      }),
      { numRuns: 300 },
    );
  });
});
