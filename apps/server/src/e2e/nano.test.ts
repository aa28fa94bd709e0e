import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';

type Part = OpenAI.Chat.Completions.ChatCompletionContentPart;

let server: RunningServer;
let client: OpenAI;

beforeAll(async () => {
  server = await startTestServer();
  await untilReady(server.url);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
}, 120_000);

afterAll(async () => {
  await server.close();
});

async function ask(question: string, ...pictures: readonly string[]): Promise<string | null | undefined> {
  const images = await Promise.all(
    pictures.map(async (name): Promise<Part> => {
      const data = await readFile(new URL(`../../../../docs/assets/${name}`, import.meta.url), 'base64');
      return { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } };
    }),
  );
  const answer = await client.chat.completions.create({
    model: 'qwenvl-nano',
    temperature: 0,
    messages: [{ role: 'user', content: [...images, { type: 'text', text: question }] }],
  });
  return answer.choices[0]?.message.content;
}

it('says who it is, in both of its languages', async () => {
  expect(await ask('Who are you?')).toBe(
    'I am Nano, a tiny Qwen3-VL model made for demonstrations and tests.',
  );
  expect(await ask('Siapa kamu?')).toBe('Saya Nano, model Qwen3-VL kecil untuk demonstrasi dan pengujian.');
});

it('says so when a question is beyond it', async () => {
  expect(await ask('What is the capital of France?')).toBe(
    'Sorry, that is beyond me. I am only a tiny demonstration model.',
  );
});

it('sees the shape in a picture and its colour', async () => {
  expect(await ask('What colour is the triangle?', 'shapes.png')).toBe('The triangle is green.');
});

it('reads a line of text', async () => {
  expect(await ask('What does the image say?', 'line.png')).toBe('YUDANGTI MUNI');
});

it('tells how much of a further turn was known', async () => {
  const first = { role: 'user' as const, content: 'Please repeat after me: harbour, lantern, orchard.' };
  const rest = { model: 'qwenvl-nano', max_completion_tokens: 4, temperature: 0 };
  await client.chat.completions.create({ ...rest, messages: [first] });
  const answer = await client.chat.completions.create({
    ...rest,
    messages: [first, { role: 'assistant', content: 'harbour' }, { role: 'user', content: 'And again?' }],
  });
  expect(answer.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(16);
});
