import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunningServer } from '../server.js';
import { obedientModel } from '../testing/scripted-answers.js';
import { startTestServer } from '../testing/start-test-server.js';
import { validatingFetch } from '../testing/validating-fetch.js';

let server: RunningServer;

beforeAll(async () => {
  server = await startTestServer({}, obedientModel().loadModel);
});

afterAll(async () => {
  await server.close();
});

function model() {
  return createOpenAICompatible({
    name: 'qwenvl',
    baseURL: `${server.url}/v1`,
    includeUsage: true,
    fetch: validatingFetch,
  })('default');
}

const weather = tool({
  description: 'The weather in a city',
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => Promise.resolve(`sunny in ${city}`),
});

describe('the AI SDK', () => {
  it('reads reasoning and text apart', async () => {
    const result = await generateText({ model: model(), prompt: 'hi' });
    expect(result.reasoningText).toBe('I think.');
    expect(result.text).toBe('You said: hi');
    expect(result.finishReason).toBe('stop');
    expect(result.usage.inputTokens).toBe(5);
  });

  it('streams reasoning first, then text', async () => {
    const result = streamText({ model: model(), prompt: 'hi' });
    const parts: string[] = [];
    let text = '';
    for await (const part of result.fullStream) {
      if (part.type !== parts.at(-1)) parts.push(part.type);
      if (part.type === 'text-delta') text += part.text;
    }
    expect(text).toBe('You said: hi');
    expect(parts.indexOf('reasoning-delta')).toBeLessThan(parts.indexOf('text-delta'));
    expect((await result.usage).outputTokens).toBeGreaterThan(0);
  });

  it('calls a tool and hands its result back', async () => {
    const result = await generateText({
      model: model(),
      prompt: 'weather?',
      tools: { weather },
      stopWhen: stepCountIs(3),
    });
    expect(result.steps[0]?.toolCalls[0]).toMatchObject({ toolName: 'weather', input: { city: 'Jakarta' } });
    expect(result.text).toBe('You said: sunny in Jakarta');
  });

  it('streams a tool call', async () => {
    const result = streamText({ model: model(), prompt: 'weather?', tools: { weather } });
    await result.consumeStream();
    expect((await result.toolCalls)[0]).toMatchObject({ toolName: 'weather', input: { city: 'Jakarta' } });
    expect(await result.finishReason).toBe('tool-calls');
  });

  it('reports the error that the server gives', async () => {
    const run = generateText({ model: model(), prompt: 'hi', temperature: 5, maxRetries: 0 });
    await expect(run).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('temperature') as string,
    });
  });
});
