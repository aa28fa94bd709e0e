import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

async function picture(name: string): Promise<string> {
  const file = new URL(`../../../../docs/assets/${name}`, import.meta.url);
  return `data:image/png;base64,${await readFile(file, 'base64')}`;
}

async function answerTo(
  question: string,
  media: readonly unknown[] = [],
): Promise<string | null | undefined> {
  const answer = await client.chat.completions.create({
    model: 'qwenvl-nano',
    temperature: 0,
    messages: [{ role: 'user', content: [...(media as Part[]), { type: 'text', text: question }] }],
  });
  return answer.choices[0]?.message.content;
}

async function ask(question: string, ...pictures: readonly string[]): Promise<string | null | undefined> {
  const urls = await Promise.all(pictures.map(picture));
  return answerTo(
    question,
    urls.map((url) => ({ type: 'image_url', image_url: { url } })),
  );
}

async function watch(question: string, frames: readonly string[]): Promise<string | null | undefined> {
  const video = { type: 'input_video', frames: await Promise.all(frames.map(picture)), fps: 2 };
  return answerTo(question, [video]);
}

describe('in words', () => {
  it.each([
    ['Who are you?', 'I am Nano, a tiny Qwen3-VL model made for demonstrations and tests.'],
    ['Hello, who are you?', 'I am Nano, a tiny Qwen3-VL model made for demonstrations and tests.'],
    ['Siapa kamu?', 'Saya Nano, model Qwen3-VL kecil untuk demonstrasi dan pengujian.'],
    ['What is the capital of France?', 'Sorry, that is beyond me. I am only a tiny demonstration model.'],
    ['What is 3 + 4?', '3 + 4 = 7.'],
    ['What is 11 + 8?', '11 + 8 = 19.'],
    ['Berapa 17 - 9?', '17 - 9 = 8.'],
    ['Count to 12.', '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12.'],
    ['Repeat after me: good morning', 'good morning'],
  ])('answers %s', async (question, answer) => {
    expect(await ask(question)).toBe(answer);
  });
});

describe('about what it is shown', () => {
  it.each([
    ['What colour is the triangle?', 'The triangle is green.'],
    ['Apa warna segitiga itu?', 'Segitiga itu berwarna hijau.'],
    ['What shape is green?', 'The green shape is a triangle.'],
    ['Where is the green triangle?', 'The green triangle is at the middle left.'],
    ['How many shapes are there?', 'There is one shape.'],
    ['Describe the picture.', 'I see a green triangle on a white background.'],
  ])('answers %s', async (question, answer) => {
    expect(await ask(question, 'shapes.png')).toBe(answer);
  });

  it('reads a line of text', async () => {
    expect(await ask('What does the image say?', 'line.png')).toBe('RINA WIDODO');
  });

  it('tells which way a thing moves', async () => {
    const there = ['motion-1.png', 'motion-2.png', 'motion-3.png', 'motion-4.png'];
    expect(await watch('Which way does the circle move?', there)).toBe('The circle moves to the right.');
    expect(await watch('Which way does the circle move?', there.toReversed())).toBe(
      'The circle moves to the left.',
    );
  });

  it('compares two pictures', async () => {
    expect(await ask('Are the two pictures the same?', 'shapes.png', 'shapes.png')).toBe(
      'The pictures are the same.',
    );
    expect(await ask('Which picture has more shapes?', 'motion-1.png', 'shapes.png')).toBe(
      'Both have the same number.',
    );
  });
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
