import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';
import { validatingFetch } from '../testing/validating-fetch.js';

let server: RunningServer;
let client: OpenAI;
const model = 'qwenvl-nano';
const greedy = { model, temperature: 0, max_tokens: 6 };

beforeAll(async () => {
  server = await startTestServer();
  await untilReady(server.url);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0, fetch: validatingFetch });
}, 90_000);

afterAll(async () => {
  await server.close();
});

async function tokenize(prompt: string): Promise<number[]> {
  const response = await fetch(`${server.url}/v1/tokenize`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt }),
  });
  return ((await response.json()) as { tokens: number[] }).tokens;
}

describe('plain completions through the official client', () => {
  it('go on with a text, streamed as well as whole', async () => {
    const body = { model, prompt: 'Hello', seed: 3, temperature: 1, max_tokens: 10, logprobs: 2 };
    const whole = await client.completions.create(body);
    expect(whole).toMatchObject({ object: 'text_completion', model, usage: { completion_tokens: 10 } });
    expect(whole.id).toMatch(/^cmpl-/);
    const stream = await client.completions.create({
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | undefined;
    const tokens: string[] = [];
    for await (const chunk of stream) {
      text += chunk.choices[0]?.text ?? '';
      tokens.push(...(chunk.choices[0]?.logprobs?.tokens ?? []));
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.text);
    expect(tokens).toEqual(whole.choices[0]?.logprobs?.tokens);
    expect(whole.usage).toMatchObject({ ...usage });
  });

  it('take texts and token ids, several at once, and repeat them where asked to', async () => {
    const [hello, bye] = await Promise.all([tokenize('Hello'), tokenize('Bye')]);
    const texts = await client.completions.create({ ...greedy, prompt: ['Hello', 'Bye'], n: 2, echo: true });
    const ids = await client.completions.create({ ...greedy, prompt: [hello, bye], n: 2, echo: true });
    expect(texts.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(texts.choices.map(({ text }) => text.slice(0, 3))).toEqual(['Hel', 'Hel', 'Bye', 'Bye']);
    expect(ids.choices).toEqual(texts.choices);
    expect(ids.usage).toEqual(texts.usage);
    expect(ids.usage?.prompt_tokens).toBe(hello.length + bye.length);
  });

  it('end at a stop string, which is left out', async () => {
    const free = await client.completions.create({ ...greedy, prompt: 'Hello' });
    const stop = free.choices[0]!.text.slice(2, 4);
    const stopped = await client.completions.create({ ...greedy, prompt: 'Hello', stop });
    expect(stopped.choices[0]?.finish_reason).toBe('stop');
    expect(stopped.choices[0]?.text).toBe(free.choices[0]?.text.split(stop)[0]);
  });

  it('obey a bias', async () => {
    const [id] = await tokenize('!');
    const logit_bias = { [String(id)]: 100 };
    const answer = await client.completions.create({ ...greedy, prompt: 'Hello', logit_bias, max_tokens: 3 });
    expect(answer.choices[0]?.text).toBe('!!!');
  });

  it('name what they cannot honour', async () => {
    const refused = client.completions.create({ ...greedy, prompt: 'Hello', suffix: 'end' });
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'suffix' });
    const picture = client.completions.create({ ...greedy, prompt: '<|image_pad|>' });
    await expect(picture).rejects.toMatchObject({ status: 400 });
    const outside = client.completions.create({ ...greedy, prompt: [2_000_000_000] });
    await expect(outside).rejects.toMatchObject({ status: 400 });
  });

  it('are streams that can be read again', async () => {
    const body = { ...greedy, prompt: 'Hello', stream: true as const, session_id: 'plain' };
    const texts: string[] = [];
    for (let reading = 0; reading < 2; reading += 1) {
      let text = '';
      for await (const chunk of await client.completions.create(body)) text += chunk.choices[0]?.text ?? '';
      texts.push(text);
    }
    expect(texts[0]).not.toBe('');
    expect(texts[1]).toBe(texts[0]);
  });
});
