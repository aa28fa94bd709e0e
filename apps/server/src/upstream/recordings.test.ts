import OpenAI from 'openai';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../config/read-config.js';
import { startServer } from '../server.js';
import { untilReady } from '../testing/start-test-server.js';
import { replayRecording } from './testing/replay-recording.js';

const undo: (() => Promise<void>)[] = [];
const key = 'sk-upstream-secret';

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A gateway in front of an engine that answers with a recording; its log is kept. */
async function gateway(name: string, ...further: string[]) {
  const engine = await replayRecording(name);
  undo.push(engine.stop);
  const lines: string[] = [];
  const server = await startServer(
    readConfig({
      PORT: '0',
      PERSIST_SESSIONS: 'false',
      SHUTDOWN_DRAIN_SECONDS: '0',
      ENGINE: 'openai',
      UPSTREAM_URL: [engine.url, ...further].join(','),
      UPSTREAM_API_KEY: key,
    }),
    { log: pino({ level: 'trace' }, { write: (line) => lines.push(line) }) },
  );
  undo.push(() => server.close());
  await untilReady(server.url);
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
  return { client, engine, lines };
}

const introduction = 'I am Nano, a tiny Qwen3-VL model made for demonstrations and tests.';
const ask = { model: 'default', messages: [{ role: 'user' as const, content: 'Hi' }] };

describe('what llama-server answers, through the gateway', () => {
  it('reasoning, text and usage, streamed as well as whole', async () => {
    const { client, engine, lines } = await gateway('reasoning');
    const whole = await client.chat.completions.create(ask);
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: introduction, reasoning_content: 'A question about me.' },
    });
    expect(whole.usage).toMatchObject({
      prompt_tokens: 18,
      completion_tokens: 26,
      prompt_tokens_details: { cached_tokens: 0 },
    });
    let text = '';
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe(introduction);
    expect(engine.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      authorization: `Bearer ${key}`,
    });
    expect(lines.join('')).not.toContain(key);
  });

  it('usage in the chunk that ends the answer', async () => {
    const { client } = await gateway('usage-in-last-choice');
    const answer = await client.chat.completions.create(ask);
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'Hello' } });
    expect(answer.usage).toMatchObject({ prompt_tokens: 17, completion_tokens: 1 });
  });

  it('an answer cut at its limit', async () => {
    const { client } = await gateway('length');
    const answer = await client.chat.completions.create(ask);
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'I am Nano' } });
    expect(answer.usage).toMatchObject({ completion_tokens: 12 });
  });

  it('an answer held to a schema', async () => {
    const { client } = await gateway('json-schema');
    const schema = {
      type: 'object',
      properties: { colour: { enum: ['red', 'green'] } },
      required: ['colour'],
    };
    const answer = await client.chat.completions.create({
      ...ask,
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ colour: 'green' });
  });

  it.each([
    ['tool-calls', [['weather', { city: 'Jakarta' }]]],
    [
      'two-tool-calls',
      [
        ['weather', { city: 'Jakarta' }],
        ['time', {}],
      ],
    ],
  ])('%s, their arguments in pieces', async (name, expected) => {
    const { client } = await gateway(name);
    const tools = ['weather', 'time'].map((name) => ({
      type: 'function' as const,
      function: { name, parameters: { type: 'object', properties: {} } },
    }));
    const [choice] = (await client.chat.completions.create({ ...ask, tools })).choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    const calls = choice?.message.tool_calls as OpenAI.ChatCompletionMessageFunctionToolCall[];
    expect(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments) as unknown])).toEqual(
      expected,
    );
  });

  it('probabilities of its tokens, reasoning and text', async () => {
    const { client } = await gateway('logprobs');
    const [choice] = (await client.chat.completions.create({ ...ask, logprobs: true, top_logprobs: 2 }))
      .choices;
    expect(choice?.message.content).toBe('Hello! How can I help you?');
    const tokens = choice?.logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token).join('')).toContain('Hello! How can I help you?');
    for (const { logprob, top_logprobs: most } of tokens) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(most).toHaveLength(2);
    }
  });

  it('probabilities of several tokens in one chunk', async () => {
    const { client } = await gateway('logprobs-together');
    const [choice] = (await client.chat.completions.create({ ...ask, logprobs: true, top_logprobs: 2 }))
      .choices;
    expect(choice?.message.content).toBe('Hi é');
    expect(choice?.logprobs?.content?.map(({ token, logprob }) => [token, logprob])).toEqual([
      ['Hi', -0.25],
      [' ', -0.5],
      ['é', -0.125],
    ]);
    expect(choice?.logprobs?.content?.[2]?.top_logprobs[1]).toMatchObject({ token: 'e', logprob: -2.5 });
  });

  it('a plain completion', async () => {
    const { client } = await gateway('plain-completion');
    const answer = await client.completions.create({ model: 'default', prompt: 'Hello', max_tokens: 3 });
    expect(answer.choices[0]).toMatchObject({ text: 'HelloHelloHello', finish_reason: 'length' });
    expect(answer.usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 3 });
  });

  it.each([
    ['context-too-long', 400, /612 tokens/],
    ['error-field', 400, /exceeds the available context/],
    ['error-in-stream', 500, /memory slot/],
    ['loading', 503, /Loading model/],
    ['cut-off', 502, /broke off/],
  ])('%s, as status %i', async (name, status, message) => {
    const { client, lines } = await gateway(name);
    await expect(client.chat.completions.create(ask)).rejects.toMatchObject({
      status,
      message: expect.stringMatching(message) as string,
    });
    expect(lines.join('')).not.toContain(key);
  });

  it('an error in mid-stream, after what came before it', async () => {
    const { client, engine } = await gateway('error-in-stream');
    let text = '';
    const reading = (async () => {
      const stream = await client.chat.completions.create({ ...ask, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    })();
    await expect(reading).rejects.toThrow(/memory slot/);
    expect(text).toBe('Half an');
    expect(engine.requests).toHaveLength(1);
  });

  it("a key that it does not accept is the gateway's fault, and is not repeated", async () => {
    const { client, lines } = await gateway('invalid-key');
    await expect(client.chat.completions.create(ask)).rejects.toMatchObject({
      status: 502,
      code: 'upstream_refused_key',
    });
    expect(lines.join('')).not.toContain(key);
  });
});
