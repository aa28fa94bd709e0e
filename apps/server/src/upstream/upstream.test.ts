import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTestServer, untilReady } from '../testing/start-test-server.js';
import { UpstreamPool } from './upstream-pool.js';
import { startLlamaServer } from './testing/llama-server.js';
import type { LlamaAnswer } from './testing/llama-server.js';

const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function llama(answer: (body: Record<string, unknown>) => LlamaAnswer) {
  const server = await startLlamaServer(answer);
  undo.push(server.stop);
  return server;
}

async function gateway(...urls: string[]) {
  const server = await startTestServer({ ENGINE: 'openai', UPSTREAM_URL: urls.join(',') });
  undo.push(() => server.close());
  await untilReady(server.url);
  return new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
}

const hello = { deltas: [{ content: 'Hel' }, { content: 'lo' }] };
const ask = { model: 'default', messages: [{ role: 'user' as const, content: 'Hi' }] };
const tool = {
  type: 'function' as const,
  function: { name: 'weather', parameters: { type: 'object', properties: {} } },
};

describe('an engine like llama-server behind the gateway', () => {
  it('gives text, reasoning and usage', async () => {
    const engine = await llama(() => ({
      deltas: [{ reasoning_content: 'Let me' }, { reasoning_content: ' see.' }, ...hello.deltas],
    }));
    const client = await gateway(engine.url);
    const answer = await client.chat.completions.create({
      ...ask,
      temperature: 0,
      max_completion_tokens: 9,
      stop: ['x'],
    });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'Hello', reasoning_content: 'Let me see.' },
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 4 });
    expect(engine.requests[0]).toMatchObject({
      model: 'model.gguf',
      max_tokens: 9,
      stop: ['x'],
      temperature: 0,
    });
  });

  it('gives tool calls, and gets their results', async () => {
    const parts = ['{"city":', '"Jakarta"}'].map((text) => ({ function: { arguments: text } }));
    const first = { index: 0, id: 'a', type: 'function', function: { name: 'weather', arguments: '' } };
    const calls = [first, ...parts.map((part) => ({ index: 0, ...part }))];
    const second = { index: 1, id: 'b', type: 'function', function: { name: 'weather', arguments: '{}' } };
    const engine = await llama(() => ({
      deltas: [...calls, second].map((call) => ({ tool_calls: [call] })),
      finish: 'tool_calls',
    }));
    const client = await gateway(engine.url);
    const answer = await client.chat.completions.create({ ...ask, tools: [tool] });
    const [choice] = answer.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    const made = (choice?.message.tool_calls ?? []) as OpenAI.ChatCompletionMessageFunctionToolCall[];
    expect(made.map((call) => JSON.parse(call.function.arguments) as unknown)).toEqual([
      { city: 'Jakarta' },
      {},
    ]);
    const results = made.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'Hot' }));
    await client.chat.completions.create({
      ...ask,
      messages: [...ask.messages, { role: 'assistant', tool_calls: made }, ...results],
      tools: [tool],
    });
    const sent = engine.requests[1]?.['messages'] as {
      tool_calls?: { id: string }[];
      tool_call_id?: string;
    }[];
    expect(sent[2]?.tool_call_id).toBe(sent[1]?.tool_calls?.[0]?.id);
    expect(sent[3]?.tool_call_id).toBe(sent[1]?.tool_calls?.[1]?.id);
  });

  it('passes a refusal on with its status and message', async () => {
    const error = {
      code: 400,
      message: 'the request exceeds the available context size',
      type: 'exceed_context_size_error',
    };
    const client = await gateway((await llama(() => ({ status: 400, error }))).url);
    await expect(client.chat.completions.create(ask)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('context size') as string,
    });
  });

  it('that is loading or gone is passed over for another', async () => {
    const error = { code: 503, message: 'Loading model', type: 'unavailable_error' };
    const loading = await llama(() => ({ status: 503, error }));
    const ready = await llama(() => hello);
    const client = await gateway('http://127.0.0.1:1/v1', loading.url, ready.url);
    for (const content of ['1', '2', '3']) {
      const messages = [{ role: 'user' as const, content }];
      const answer = await client.chat.completions.create({ ...ask, messages });
      expect(answer.choices[0]?.message.content).toBe('Hello');
    }
  });

  it('is asked again where it broke before its first chunk, and not after', async () => {
    let times = 0;
    const early = await llama(() => (times++ === 0 ? { breaks: true } : hello));
    const answer = await (await gateway(early.url)).chat.completions.create(ask);
    expect(answer.choices[0]?.message.content).toBe('Hello');
    const late = await llama(() => ({ ...hello, breaks: true }));
    const client = await gateway(late.url);
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    let text = '';
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    })();
    await expect(reading).rejects.toMatchObject({ code: 'upstream_failed' });
    expect(text).toBe('Hello');
    expect(late.requests).toHaveLength(1);
  });

  it('whose stream holds an error ends with that error', async () => {
    const error = { code: 500, message: 'the slot ran out of memory', type: 'server_error' };
    const client = await gateway((await llama(() => ({ ...hello, error }))).url);
    await expect(client.chat.completions.create(ask)).rejects.toThrow(/ran out of memory/);
  });
});

it('reads a card: the picture as PNG of 1.3 megapixels at most, the answer held to the schema', async () => {
  const card = { nik: '1103121207899466', nama: 'TAUFIK SUSANTI' };
  const text = JSON.stringify(card);
  const engine = await llama(() => ({
    deltas: [{ content: text.slice(0, 9) }, { content: text.slice(9) }],
  }));
  const { baseURL } = await gateway(engine.url);
  const picture = await readFile(
    new URL('../../../../libs/ktp/fixtures/specimen.jpg', import.meta.url),
    'base64',
  );
  const response = await fetch(new URL('/ktp-ocr', baseURL), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ image: `data:image/jpeg;base64,${picture}`, reader: 'vlm' }),
  });
  expect(await response.json()).toMatchObject(card);
  expect(engine.requests[0]).toMatchObject({
    response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
    messages: [{ content: [{ type: 'image_url' }, { type: 'text' }] }],
  });
  const png = /data:image\/png;base64,([^"]+)/.exec(JSON.stringify(engine.requests[0]))?.[1] ?? '';
  const { width, height } = await sharp(Buffer.from(png, 'base64')).metadata();
  expect(width * height).toBeGreaterThan(1_300_000); // the photo has 1.46 megapixels
  expect(width * height).toBeLessThanOrEqual(1_310_720);
  expect(width / height).toBeCloseTo(1416 / 1029, 2);
});

it('answers go to the engine with the fewest under way', async () => {
  const engines = await Promise.all([llama(() => hello), llama(() => hello)]);
  const pool = new UpstreamPool({ urls: engines.map(({ url }) => url) });
  const begun = [];
  for (let count = 0; count < 4; count += 1) begun.push(await pool.post('/chat/completions', {}, undefined));
  expect(engines.map(({ requests }) => requests.length)).toEqual([2, 2]);
  for (const { body, done } of begun) {
    await body.cancel();
    done();
  }
  pool.close();
});

it('an engine that is back is asked again once it answers a health check', async () => {
  const busy = await llama(() => hello);
  const absent = createServer().listen(0, '127.0.0.1');
  await once(absent, 'listening');
  const { port } = absent.address() as AddressInfo;
  absent.close();
  await once(absent, 'close');
  const pool = new UpstreamPool({ urls: [`http://127.0.0.1:${port}/v1`, busy.url], checkEveryMs: 20 });
  undo.push(() => {
    pool.close();
    return Promise.resolve();
  });
  const post = () => pool.post('/chat/completions', {}, undefined);
  const first = await post();
  expect(busy.requests).toHaveLength(1);
  let asked = 0;
  absent.on('request', ({ method }, response) => {
    if (method === 'POST') asked += 1;
    response.end(JSON.stringify({ data: [{ id: 'model.gguf' }] }));
  });
  absent.listen(port, '127.0.0.1');
  await vi.waitFor(async () => {
    const answer = await post();
    await answer.body.cancel();
    answer.done();
    expect(asked).toBe(1);
  }, 10_000);
  await first.body.cancel();
  first.done();
  absent.closeAllConnections();
  absent.close();
});
