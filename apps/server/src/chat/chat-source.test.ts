import { EngineError } from '@qwenvl/engine';
import { ApiError, type ChatCompletion } from '@qwenvl/openai';
import { describe, expect, it } from 'vitest';
import { Admission } from '../admission/admission.js';
import { ModelHost } from '../model/model-host.js';
import type { StreamStep } from '../sessions/ports.js';
import { type Script, ScriptedEngine, scriptedModel } from '../testing/scripted-engine.js';
import { parseChatBody } from './chat-body.js';
import { ChatSource, type ChatSourceOptions } from './chat-source.js';

const identity = { completionId: 'chatcmpl-1', created: 9, seed: 40 };
const never = new AbortController().signal;
const messages = [{ role: 'user', content: 'hi' }];

async function setUp(script: Script, options: Partial<ChatSourceOptions> = {}, thinks = false) {
  const engine = new ScriptedEngine(() => script);
  const host = new ModelHost('scripted', () => Promise.resolve(scriptedModel(engine, thinks)));
  await host.load();
  const admission = new Admission({ maxConcurrency: 1, maxQueue: 1 });
  const source = new ChatSource({
    host,
    admission,
    resolveMedia: () => Promise.reject(new Error('no media expected')),
    defaults: { maxTokens: 50, overflow: 'error' },
    timeoutSeconds: 0,
    ...options,
  });
  const prepare = (body: object, signal = never) =>
    source.prepare(parseChatBody({ model: 'scripted', messages, ...body }), { recovering: false, signal });
  return { engine, source, admission, prepare };
}

async function read(steps: AsyncIterable<StreamStep>): Promise<StreamStep[]> {
  const all: StreamStep[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

function tokensOf(steps: readonly StreamStep[]): number[] {
  return steps.flatMap((step) => step.tokens);
}

describe('ChatSource', () => {
  it('streams an answer and adds it up', async () => {
    const { source, prepare } = await setUp({ pieces: ['Hel', 'lo'] });
    const body = { metadata: { run: '7' } };
    const steps = await read((await prepare(body)).run({ identity, continueFrom: [], signal: never }));
    expect(tokensOf(steps)).toEqual([100, 101]);
    expect(steps.at(-1)?.end).toMatchObject({ finishReason: 'stop', cancelled: false });
    const parsed = parseChatBody({ model: 'scripted', messages, ...body });
    const answer = source.collect(
      parsed,
      steps.flatMap((step) => step.events),
      { promptTokens: 5, completionTokens: 2, cachedTokens: 3 },
    ) as ChatCompletion;
    expect(answer).toMatchObject({
      id: 'chatcmpl-1',
      choices: [{ message: { content: 'Hello' } }],
      usage: { prompt_tokens_details: { cached_tokens: 3 } },
      metadata: { run: '7' },
    });
  });

  it.each([1, 2])(
    'gives the same bytes when an answer of %i choices is taken up again at any token',
    async (n) => {
      const { prepare } = await setUp({ pieces: ['a', 'b', 'c'] });
      const run = async (continueFrom: readonly number[]) => {
        const prepared = await prepare({ n });
        const steps = await read(prepared.run({ identity, continueFrom, signal: never }));
        prepared.dispose();
        return steps;
      };
      const whole = await run([]);
      const tokens = tokensOf(whole);
      for (let known = 0; known <= tokens.length; known += 1) {
        const again = await run(tokens.slice(0, known));
        expect(again).toEqual(whole);
      }
    },
  );

  it('tells the engine which tokens of which choice are known, and seeds each choice', async () => {
    const { engine, prepare } = await setUp({ pieces: ['a'] });
    const first = await read((await prepare({ n: 2 })).run({ identity, continueFrom: [], signal: never }));
    await read((await prepare({ n: 2 })).run({ identity, continueFrom: tokensOf(first), signal: never }));
    expect(engine.requests.map((request) => request.sampling?.seed)).toEqual([40, 41, 40, 41]);
    expect(engine.requests.map((request) => request.continueFrom)).toEqual([
      undefined,
      undefined,
      [100],
      [100],
    ]);
  });

  it('hands parameters on and fills in defaults', async () => {
    const { engine, prepare } = await setUp({ pieces: ['a'] });
    const body = { temperature: 0, stop: 'END', logit_bias: { 7: -100 }, logprobs: true, top_k: 3 };
    await read((await prepare(body)).run({ identity, continueFrom: [], signal: never }));
    expect(engine.requests[0]).toMatchObject({
      sampling: { temperature: 0, topK: 3, logitBias: { 7: -100 }, seed: 40 },
      stop: ['END'],
      topLogprobs: 0,
      maxTokens: 50,
      overflow: 'error',
    });
  });

  it('hides tools from the model where tool_choice is none', async () => {
    const { engine, prepare } = await setUp({ pieces: ['a'] });
    const tools = [{ type: 'function', function: { name: 'now' } }];
    await read(
      (await prepare({ tools, tool_choice: 'none' })).run({ identity, continueFrom: [], signal: never }),
    );
    expect(engine.requests[0]?.tools).toBeUndefined();
  });

  it.each([
    ['another model', { model: 'gpt-4' }, 404, 'model_not_found'],
    ['reasoning from a model that does none', { reasoning_effort: 'high' }, 400, 'unsupported_parameter'],
  ])('refuses %s', async (_name, body, status, code) => {
    const { prepare } = await setUp({ pieces: [] });
    await expect(prepare(body)).rejects.toMatchObject({ status, code });
  });

  it('refuses before it decodes any media when the queue is full', async () => {
    let decoded = 0;
    const { prepare } = await setUp(
      { pieces: ['a'] },
      { resolveMedia: (items) => ((decoded += items.length), Promise.reject(new Error('decoded'))) },
    );
    await prepare({});
    const second = await prepare({});
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const body = { messages: [{ role: 'user', content: [image] }] };
    await expect(prepare(body)).rejects.toMatchObject({ status: 429, retryAfterSeconds: 15 });
    expect(decoded).toBe(0);
    second.dispose();
    await expect(prepare(body)).rejects.toThrow('decoded');
    expect(decoded).toBe(1);
  });

  it('gives its place back however a request ends', async () => {
    const { admission, prepare } = await setUp({
      pieces: [],
      error: new EngineError('worker-crashed', 'gone'),
    });
    const prepared = await prepare({});
    const run = read(prepared.run({ identity, continueFrom: [], signal: never }));
    await expect(run).rejects.toMatchObject({ status: 503, code: 'worker_crashed' });
    expect({ running: admission.running, waiting: admission.waiting }).toEqual({ running: 0, waiting: 0 });
  });

  it('ends a cancelled answer with a last step, while it runs and while it waits', async () => {
    const { engine, prepare } = await setUp({ pieces: ['a'], endless: true });
    const cancel = new AbortController();
    const running = await prepare({});
    const waiting = await prepare({});
    const reads = [running, waiting].map((prepared) =>
      read(prepared.run({ identity, continueFrom: [], signal: cancel.signal })),
    );
    await expect.poll(() => engine.running).toBe(1);
    cancel.abort();
    const [first, second] = await Promise.all(reads);
    expect(first?.at(-1)?.end).toMatchObject({ cancelled: true });
    expect(second).toHaveLength(1);
    expect(second?.[0]?.end).toMatchObject({ cancelled: true, usage: { completionTokens: 0 } });
    expect(engine.running).toBe(0);
  });

  it('ends an answer that takes too long with a 504', async () => {
    const { engine, prepare } = await setUp({ pieces: ['a'], endless: true }, { timeoutSeconds: 0.05 });
    const run = read((await prepare({})).run({ identity, continueFrom: [], signal: never }));
    await expect(run).rejects.toMatchObject({ status: 504, code: 'request_timeout' });
    expect(engine.running).toBe(0);
  });

  it('writes the end of a stream that stopped outside a run', async () => {
    const { source } = await setUp({ pieces: [] });
    const body = parseChatBody({ model: 'scripted', messages });
    const usage = { promptTokens: 5, completionTokens: 2, cachedTokens: 0 };
    const cancelled = source.closing(body, identity, { state: 'cancelled' }, usage);
    expect(JSON.parse(cancelled)).toMatchObject({ cancelled: true, choices: [{ finish_reason: 'stop' }] });
    const failed = source.closing(
      body,
      identity,
      { state: 'failed', error: new Error('inner detail') },
      usage,
    );
    expect(JSON.parse(failed)).toMatchObject({ error: { type: 'server_error', code: 'internal_error' } });
    expect(failed).not.toContain('inner detail');
    expect(() => source.collect(body, [failed], usage)).toThrow(ApiError);
  });
});
