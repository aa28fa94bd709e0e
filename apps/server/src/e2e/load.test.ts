import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import type { GenerateRequest } from '@qwenvl/engine';
import { generateText } from 'ai';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { ScriptedEngine, scriptedModel } from '../testing/scripted-engine.js';
import { startTestServer } from '../testing/start-test-server.js';

const servers: RunningServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(
  environment: Record<string, string>,
  isEndless: (request: GenerateRequest) => boolean = () => false,
) {
  const pieces = Array.from({ length: 40 }, () => 'word ');
  const engine = new ScriptedEngine((request) => ({ pieces, endless: isEndless(request) }));
  const server = await startTestServer(environment, () => Promise.resolve(scriptedModel(engine)));
  servers.push(server);
  return { engine, url: server.url };
}

const body = { model: 'default', messages: [{ role: 'user', content: 'hi' }], stream: true };

function ask(url: string, more: object = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ ...body, ...more }),
  });
}

describe('under load', () => {
  it('answers 200 clients at once or tells them when to come back, and nothing else', async () => {
    const { engine, url } = await start({ MAX_CONCURRENCY: '4', MAX_QUEUE: '50' });
    let most = 0;
    let memory = 0;
    const before = process.memoryUsage().rss;
    const watch = setInterval(() => {
      most = Math.max(most, engine.running);
      memory = Math.max(memory, process.memoryUsage().rss - before);
    }, 1);
    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const response = await ask(url);
        return {
          status: response.status,
          retry: response.headers.get('retry-after'),
          text: await response.text(),
        };
      }),
    );
    clearInterval(watch);
    const good = answers.filter(({ status }) => status === 200);
    const busy = answers.filter(({ status }) => status === 429);
    expect(good.length + busy.length).toBe(200);
    expect(good.length).toBeGreaterThanOrEqual(54);
    expect(good.every(({ text }) => text.endsWith('data: [DONE]\n\n'))).toBe(true);
    expect(busy.every(({ retry }) => Number(retry) >= 1)).toBe(true);
    expect(most).toBeLessThanOrEqual(4);
    // Clients and server are this one process; it took 44 MiB where this was written.
    expect(memory).toBeLessThan(256 * 2 ** 20);
    expect(engine.running).toBe(0);
  });

  it('frees the slot of a cancelled answer for the next one', async () => {
    const { engine, url } = await start({ MAX_CONCURRENCY: '1', MAX_QUEUE: '1' }, () => true);
    const first = await ask(url, { session_id: 'first' });
    const second = await ask(url, { session_id: 'second' });
    await expect.poll(() => engine.requests.length).toBe(1);
    expect((await ask(url)).status).toBe(429);
    expect((await fetch(`${url}/v1/cancel/first`, { method: 'POST' })).status).toBe(200);
    await expect.poll(() => engine.requests.length).toBe(2);
    expect(await first.text()).toContain('"cancelled":true');
    await fetch(`${url}/v1/cancel/second`, { method: 'POST' });
    await second.text();
    expect(engine.running).toBe(0);
  });

  const clients: Readonly<Record<string, (baseURL: string) => Promise<unknown>>> = {
    openai: (baseURL) =>
      new OpenAI({ baseURL, apiKey: 'none', maxRetries: 5 }).chat.completions.create({
        model: 'default',
        messages: [{ role: 'user', content: 'hi' }],
        max_completion_tokens: 3,
      }),
    'AI SDK': (baseURL) =>
      generateText({
        model: createOpenAICompatible({ name: 'qwenvl', baseURL })('default'),
        prompt: 'hi',
        maxOutputTokens: 3,
        maxRetries: 5,
      }),
    LangChain: (baseURL) =>
      new ChatOpenAI({
        model: 'default',
        apiKey: 'none',
        maxTokens: 3,
        maxRetries: 5,
        configuration: { baseURL },
      }).invoke('hi'),
  };

  it.each(Object.entries(clients))('is ridden out by %s, which comes back', async (_name, answer) => {
    const { engine, url } = await start(
      { MAX_CONCURRENCY: '1', MAX_QUEUE: '0' },
      ({ maxTokens }) => maxTokens !== 3,
    );
    const blocking = await ask(url, { session_id: 'blocking' });
    await expect.poll(() => engine.running).toBe(1);
    setTimeout(() => void fetch(`${url}/v1/cancel/blocking`, { method: 'POST' }), 300);
    await answer(`${url}/v1`);
    await blocking.text();
    expect(engine.requests.length).toBe(2);
  });
});
