import { readFile } from 'node:fs/promises';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, Output } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunningServer } from '../server.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';
import { validatingFetch } from '../testing/validating-fetch.js';

let server: RunningServer;
let picture: Buffer;

beforeAll(async () => {
  server = await startTestServer({ TEMPERATURE: '0' });
  await untilReady(server.url);
  picture = await readFile(new URL('../../../../docs/assets/shapes.png', import.meta.url));
}, 120_000);

afterAll(async () => {
  await server.close();
});

const schema = z.object({
  colour: z.enum(['red', 'green', 'blue']),
  note: z.string().min(1).max(12),
  corners: z.int().min(3).max(40),
});
const question = 'What colour is the triangle?';

describe('the AI SDK', () => {
  const model = () =>
    createOpenAICompatible({
      name: 'qwenvl',
      baseURL: `${server.url}/v1`,
      supportsStructuredOutputs: true,
      fetch: validatingFetch,
    })('qwenvl-nano');

  it('shows a picture', async () => {
    const content = [
      { type: 'image' as const, image: picture },
      { type: 'text' as const, text: question },
    ];
    const { text, usage } = await generateText({ model: model(), messages: [{ role: 'user', content }] });
    expect(text).toContain('The triangle is green.');
    // The text alone has some twenty tokens.
    expect(usage.inputTokens).toBeGreaterThan(30);
  });

  it('gets an object of a schema', async () => {
    const { output } = await generateText({
      model: model(),
      output: Output.object({ schema }),
      prompt: question,
    });
    expect(schema.parse(output)).toEqual(output);
  });
});

describe('LangChain', () => {
  const model = () =>
    new ChatOpenAI({
      model: 'qwenvl-nano',
      apiKey: 'none',
      maxRetries: 0,
      configuration: { baseURL: `${server.url}/v1`, fetch: validatingFetch },
    });

  it('shows a picture', async () => {
    const url = `data:image/png;base64,${picture.toString('base64')}`;
    const content = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: question },
    ];
    const answer = await model().invoke([new HumanMessage({ content })]);
    expect(answer.text).toContain('The triangle is green.');
    expect(z.object({ input_tokens: z.int().min(31) }).parse(answer.usage_metadata)).toBeDefined();
  });

  it('gets an object of a schema', async () => {
    const structured = model().withStructuredOutput(schema, { method: 'jsonSchema' });
    const object = await structured.invoke(question);
    expect(schema.parse(object)).toEqual(object);
  });

  it('reports the error that the server gives', async () => {
    const hot = new ChatOpenAI({
      model: 'qwenvl-nano',
      apiKey: 'none',
      temperature: 5,
      maxRetries: 0,
      configuration: { baseURL: `${server.url}/v1`, fetch: validatingFetch },
    });
    await expect(hot.invoke('hi')).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('temperature') as string,
    });
  });
});
