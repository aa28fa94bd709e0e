import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';
import { validatingFetch } from '../testing/validating-fetch.js';

let server: RunningServer;
let client: OpenAI;
const model = 'qwenvl-nano';

beforeAll(async () => {
  server = await startTestServer();
  await untilReady(server.url);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: validatingFetch });
}, 90_000);

afterAll(async () => {
  await server.close();
});

/** A red square on white, 96 by 96. */
const redSquare =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAGAAAABgCAIAAABt+uBvAAAAmElEQVR42u3QMQ0AMAgAQUTgX1m9wMrUmZD7vIKL0rdAAAgQIECAAAECJECAAAECBAgQIAECBAgQIECARi9z1YAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIECBAgQIAAAQIESIAAAQIECBAgQAIECBAgQIAAAQIkQIAAAQIE6FwNR8LYOHJBykoAAAAASUVORK5CYII=';

const messages = [{ role: 'user' as const, content: 'Hello' }];

describe('the official openai client', () => {
  it('lists the model', async () => {
    const models = await client.models.list();
    expect(models.data.map((entry) => entry.id)).toEqual([model]);
    expect((await client.models.retrieve(model)).id).toBe(model);
  });

  it('completes a chat', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages,
      max_completion_tokens: 8,
      temperature: 0,
    });
    expect(answer.object).toBe('chat.completion');
    expect(answer.usage?.completion_tokens).toBeGreaterThan(0);
    expect(answer.usage?.completion_tokens).toBeLessThanOrEqual(8);
    expect(['stop', 'length']).toContain(answer.choices[0]?.finish_reason);
  });

  it('gives several answers with log probabilities, whole and streamed', async () => {
    const body = {
      model,
      messages,
      max_completion_tokens: 6,
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      seed: 3,
    };
    const whole = await client.chat.completions.create({ ...body, reasoning_effort: 'none' });
    expect(whole.choices.map(({ index }) => index)).toEqual([0, 1]);
    const streamed = [0, 0];
    const stream = await client.chat.completions.create({ ...body, reasoning_effort: 'none', stream: true });
    for await (const { choices } of stream)
      for (const { index, logprobs } of choices) streamed[index]! += logprobs?.content?.length ?? 0;
    expect(streamed).toEqual(whole.choices.map(({ logprobs }) => logprobs?.content?.length));
    expect(streamed.every((tokens) => tokens > 0)).toBe(true);
  });

  it('gives the same answer with a predicted output, right or wrong', async () => {
    const body = {
      model,
      messages: [{ role: 'user' as const, content: 'Count from 1 to 12.' }],
      temperature: 0,
    };
    const texts: (string | null | undefined)[] = [];
    for (const content of [undefined, '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.', 'Once upon a time']) {
      const prediction = content === undefined ? undefined : { type: 'content' as const, content };
      const answer = await client.chat.completions.create({ ...body, ...(prediction && { prediction }) });
      texts.push(answer.choices[0]?.message.content);
    }
    expect(texts).toEqual([texts[0], texts[0], texts[0]]);
    expect(texts[0]).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.');
  });

  it('streams the same answer', async () => {
    const body = { model, messages, max_completion_tokens: 12, seed: 7, temperature: 1 };
    const whole = await client.chat.completions.create(body);
    const stream = await client.chat.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    let content = '';
    let reasoning = '';
    let finish: string | null = null;
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      const choice = chunk.choices[0];
      const delta: { content?: string | null; reasoning_content?: string } = choice?.delta ?? {};
      content += delta.content ?? '';
      reasoning += delta.reasoning_content ?? '';
      finish = choice?.finish_reason ?? finish;
      usage = chunk.usage ?? usage;
    }
    const message: { content: string | null; reasoning_content?: string } = whole.choices[0]!.message;
    expect({ content, reasoning }).toEqual({
      content: message.content,
      reasoning: message.reasoning_content ?? '',
    });
    expect(finish).toBe(whole.choices[0]?.finish_reason);
    expect(whole.usage).toMatchObject({ ...usage });
  });

  it('looks at pictures, one and several, and streams what it sees', async () => {
    const look = (count: number) => [
      {
        role: 'user' as const,
        content: [
          ...Array.from({ length: count }, () => ({
            type: 'image_url' as const,
            image_url: { url: redSquare },
          })),
          { type: 'text' as const, text: 'What colour is the square?' },
        ],
      },
    ];
    const body = { model, max_completion_tokens: 8, temperature: 0 };
    const one = await client.chat.completions.create({ ...body, messages: look(1) });
    const two = await client.chat.completions.create({ ...body, messages: look(2), n: 2 });
    expect(two.usage?.prompt_tokens).toBeGreaterThan(one.usage?.prompt_tokens ?? Infinity);
    expect(two.choices[0]?.message).toEqual(two.choices[1]?.message);
    const stream = await client.chat.completions.create({ ...body, messages: look(1), stream: true });
    let chunks = 0;
    for await (const chunk of stream) chunks += chunk.choices.length;
    expect(chunks).toBeGreaterThan(2);
  });

  it('gets answers about health at once while a long prompt is read', { retry: 2 }, async () => {
    const waits = async (isGoingOn: (asked: number) => boolean): Promise<number> => {
      const times: number[] = [];
      while (isGoingOn(times.length)) {
        const startedAt = performance.now();
        await (await fetch(`${server.url}/health`)).text();
        times.push(performance.now() - startedAt);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      times.sort((a, b) => a - b);
      return times[Math.floor(times.length * 0.99)] ?? NaN;
    };
    // What the machine itself takes, with whatever else runs on it.
    const idle = await waits((asked) => asked < 100);
    const reading = { isGoingOn: true };
    const answer = client.chat.completions
      .create({
        model,
        messages: [{ role: 'user', content: 'word '.repeat(2500) }],
        max_completion_tokens: 1,
      })
      .finally(() => (reading.isGoingOn = false));
    const busy = await waits(() => reading.isGoingOn);
    await answer;
    expect(busy).toBeLessThan(50 + idle);
  });

  it('gets typed errors that name the field', async () => {
    const bad = client.chat.completions.create({ model, messages, temperature: 9 });
    await expect(bad).rejects.toMatchObject({ status: 400, param: 'temperature', code: 'invalid_value' });
    await expect(bad).rejects.toBeInstanceOf(APIError);
    const unknown = client.chat.completions.create({ model: 'gpt-4', messages });
    await expect(unknown).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });

  it('has a server that counts tokens', async () => {
    const tokenize = async (body: object) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${server.url}/v1/tokenize`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return (await response.json()) as { count: number; tokens?: number[]; max_model_len: number };
    };
    const text = await tokenize({ prompt: 'Hello' });
    expect(text.tokens).toHaveLength(text.count);
    const answer = await client.chat.completions.create({ model, messages, max_completion_tokens: 1 });
    expect((await tokenize({ messages })).count).toBe(answer.usage?.prompt_tokens);
  });

  it('cancels a stream by its session id', async () => {
    const body = {
      model,
      messages,
      stream: true as const,
      session_id: 'to-cancel',
      max_completion_tokens: 2000,
    };
    const stream = await client.chat.completions.create(body);
    let chunks = 0;
    let isCancelled = false;
    for await (const chunk of stream as AsyncIterable<OpenAI.ChatCompletionChunk & { cancelled?: true }>) {
      chunks += 1;
      isCancelled ||= chunk.cancelled === true;
      if (chunks !== 2) continue;
      const response = await fetch(`${server.url}/v1/cancel/to-cancel`, { method: 'POST' });
      expect(response.status).toBe(200);
    }
    expect(isCancelled || chunks < 2000).toBe(true);
    expect((await fetch(`${server.url}/v1/cancel/to-cancel`, { method: 'POST' })).status).toBe(200);
    expect((await fetch(`${server.url}/v1/cancel/unknown`, { method: 'POST' })).status).toBe(404);
  });
});
