import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';
import { validatingFetch } from '../testing/validating-fetch.js';

let server: RunningServer;
let client: OpenAI;

beforeAll(async () => {
  server = await startTestServer();
  await untilReady(server.url);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: validatingFetch });
}, 90_000);

afterAll(async () => {
  await server.close();
});

const base = {
  model: 'default',
  messages: [{ role: 'user' as const, content: 'Hello' }],
  max_completion_tokens: 500,
  temperature: 1,
  seed: 4,
};

const schema = {
  type: 'object',
  properties: {
    colour: { enum: ['red', 'green', 'blue'] },
    count: { type: 'integer', minimum: 1, maximum: 20 },
    note: { type: 'string', maxLength: 8 },
  },
  required: ['colour', 'count'],
  additionalProperties: false,
};

const brief = { ...base, reasoning_effort: 'none' as const };

describe('structured output through the real engine', () => {
  it('holds an answer to a JSON schema', async () => {
    const answer = await client.chat.completions.create({
      ...brief,
      response_format: { type: 'json_schema', json_schema: { name: 'thing', schema, strict: true } },
    });
    const value = JSON.parse(answer.choices[0]?.message.content ?? '') as { colour: string; count: number };
    expect(['red', 'green', 'blue']).toContain(value.colour);
    expect(value.count).toBeGreaterThan(0);
  });

  it('holds it to a choice, after reasoning that was cut short', async () => {
    const body = {
      ...base,
      thinking_budget: 5,
      structured_outputs: { choice: ['ya', 'tidak'] },
    };
    const answer = await client.chat.completions.create(body);
    const message = answer.choices[0]?.message as { content: string; reasoning_content?: string };
    expect(['ya', 'tidak']).toContain(message.content);
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBeLessThanOrEqual(7);
  });

  it('makes the call that tool_choice asks for', async () => {
    const parameters = {
      type: 'object',
      properties: { city: { enum: ['Jakarta', 'Bandung'] } },
      required: ['city'],
    };
    const tools = ['now', 'weather'].map((name) => ({
      type: 'function' as const,
      function: { name, parameters },
    }));
    const answer = await client.chat.completions.create({
      ...brief,
      tools,
      tool_choice: { type: 'function', function: { name: 'weather' } },
    });
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    const [call] = answer.choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ type: 'function', function: { name: 'weather' } });
    const { arguments: text } = (call as OpenAI.ChatCompletionMessageFunctionToolCall).function;
    expect(['Jakarta', 'Bandung']).toContain((JSON.parse(text) as { city: string }).city);
  });

  it('refuses a schema keyword that it cannot honour, by name', async () => {
    const broken = { type: 'array', items: { type: 'integer' }, uniqueItems: true };
    const answer = client.chat.completions.create({
      ...base,
      response_format: { type: 'json_schema', json_schema: { name: 'list', schema: broken } },
    });
    await expect(answer).rejects.toMatchObject({ status: 400, param: 'response_format.json_schema.schema' });
    await expect(answer).rejects.toThrow(/uniqueItems/);
  });
});
