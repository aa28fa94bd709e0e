import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEngine, type Engine } from './engine.js';
import { EngineError } from './errors.js';
import type { LoadProgress } from './loading/load-progress.js';
import { runtimes } from './testing/runtimes.js';
import { writeSmallCheckpoint } from './testing/small-checkpoint.js';
import type { GenerateEvent, GenerateRequest, RgbImage } from './types.js';

describe.each(runtimes)('with the $runtime runtime', ({ runtime }) => {
  let model: string;
  let cacheDir: string;
  let engine: Engine;
  const progress: LoadProgress[] = [];

  beforeAll(async () => {
    model = await writeSmallCheckpoint();
    cacheDir = await mkdtemp(join(tmpdir(), 'qwenvl-cache-'));
    engine = await loadEngine({
      model,
      cacheDir,
      runtime,
      threads: 1,
      onProgress: (event) => progress.push(event),
    });
  });

  afterAll(async () => {
    await engine.close();
    await rm(model, { recursive: true });
    await rm(cacheDir, { recursive: true });
  });

  const say = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
    messages: [{ role: 'user', content }],
    sampling: { temperature: 0 },
    maxTokens: 12,
    ...more,
  });

  async function collect(request: GenerateRequest): Promise<GenerateEvent[]> {
    const events: GenerateEvent[] = [];
    for await (const event of engine.generate(request)) events.push(event);
    return events;
  }

  const tokensOf = (events: readonly GenerateEvent[]): number[] =>
    events.flatMap((event) => (event.type === 'token' ? [event.id] : []));

  const textOf = (events: readonly GenerateEvent[]): string =>
    events.map((event) => (event.type === 'start' ? '' : event.text)).join('');

  function picture(width: number, height: number): RgbImage {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 7919) % 251);
    return { width, height, data };
  }

  async function codeOf(run: Promise<unknown>): Promise<string | undefined> {
    try {
      await run;
    } catch (error) {
      if (EngineError.isInstance(error)) return error.code;
      throw error;
    }
    return undefined;
  }

  test('loading tells what the model is, and how it went', () => {
    expect(engine.info).toEqual({
      model,
      revision: undefined,
      precision: 'fp32',
      contextLength: 262_144,
      eosTokenIds: [1005],
      hasVision: true,
      maxImagePixels: 16_777_216,
      thinking: true,
      vocabSize: 1024,
      runtime,
      runtimeFallback: undefined,
      device: 'cpu',
      kvCache: 'f32',
      prefillWeights: 'shared',
      exactRows: false,
    });
    expect(new Set(progress.map(({ stage }) => stage))).toEqual(new Set(['export', 'checksum', 'start']));
  });

  test('a chat gives a start, tokens and a finish, with exact usage', async () => {
    const events = await collect(say('Halo'));
    const promptTokens = await engine.countTokens({ messages: [{ role: 'user', content: 'Halo' }] });
    expect(events[0]).toMatchObject({ type: 'start', promptTokens, droppedTurns: 0 });
    expect(events.slice(1, -1).every(({ type }) => type === 'token')).toBe(true);
    expect(tokensOf(events)).toHaveLength(12);
    expect(events.at(-1)).toMatchObject({
      type: 'finish',
      reason: 'length',
      usage: { promptTokens, completionTokens: 12, cachedTokens: 0 },
    });
    expect(textOf(events)).toBe(await engine.detokenize(tokensOf(events)));
  });

  test('pictures and video frames of any sizes are answered, and their pixels are handed over', async () => {
    const first = picture(300, 200);
    const frames = [picture(64, 64), picture(64, 64), picture(64, 64)];
    const events = await collect({
      ...say(''),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', image: first },
            { type: 'image', image: picture(64, 96) },
            { type: 'video', video: { frames, frameIndices: [0, 12, 24], fps: 24 } },
            { type: 'text', text: 'Apa ini?' },
          ],
        },
      ],
    });
    expect(tokensOf(events)).toHaveLength(12);
    expect(first.data.byteLength).toBe(0);
    const again = collect({
      ...say(''),
      messages: [{ role: 'user', content: [{ type: 'image', image: first }] }],
    });
    expect(await codeOf(again)).toBe('invalid-image');
  });

  test('a view into a larger buffer is copied and stays usable', async () => {
    const whole = new Uint8Array(64 * 64 * 3 + 10);
    const image = { width: 64, height: 64, data: whole.subarray(10) };
    await collect({
      ...say('', { maxTokens: 1 }),
      messages: [{ role: 'user', content: [{ type: 'image', image }] }],
    });
    expect(whole.byteLength).toBe(64 * 64 * 3 + 10);
  });

  test('a seed fixes the answer, and a generation can be taken up again at any token', async () => {
    const request = say('Sebutkan nama hari', {
      sampling: { temperature: 1.5, seed: 7 },
      maxTokens: 24,
      topLogprobs: 2,
    });
    const whole = await collect(request);
    expect(tokensOf(await collect(request))).toEqual(tokensOf(whole));
    const other = await collect({ ...request, sampling: { temperature: 1.5, seed: 8 } });
    expect(tokensOf(other)).not.toEqual(tokensOf(whole));
    for (const count of [1, 5, 23]) {
      const rest = await collect({ ...request, continueFrom: tokensOf(whole).slice(0, count) });
      expect(tokensOf(rest)).toEqual(tokensOf(whole));
      expect(rest.map((event) => (event.type === 'token' ? event.text : ''))).toEqual(
        whole.map((event) => (event.type === 'token' ? event.text : '')),
      );
      expect(rest.at(-1)).toMatchObject({ reason: 'length', usage: { completionTokens: 24 } });
      for (const [index, event] of rest.entries()) {
        const before = whole[index];
        if (event.type !== 'token' || before?.type !== 'token') continue;
        expect(event.logprob?.top.map(({ id }) => id)).toEqual(before.logprob?.top.map(({ id }) => id));
        expect(event.logprob?.logprob).toBeCloseTo(before.logprob?.logprob ?? NaN, 3);
      }
    }
  });

  test('a random seed is reported and repeats the answer', async () => {
    const request = say('Halo', { sampling: { temperature: 1.5 } });
    const events = await collect(request);
    const seed = events[0]?.type === 'start' ? events[0].seed : NaN;
    expect(tokensOf(await collect({ ...request, sampling: { temperature: 1.5, seed } }))).toEqual(
      tokensOf(events),
    );
  });

  test('a stop string ends the answer before it, wherever token borders fall', async () => {
    const whole = textOf(await collect(say('Halo', { maxTokens: 20 })));
    const stop = Array.from(whole).slice(5, 9).join('');
    const events = await collect(say('Halo', { maxTokens: 20, stop: [stop] }));
    expect(textOf(events)).toBe(whole.slice(0, whole.indexOf(stop)));
    expect(events.at(-1)).toMatchObject({ reason: 'stop', stopString: stop });
  });

  test('an end token ends the answer and gives no text', async () => {
    const events = await collect(say('Halo', { sampling: { temperature: 0, logitBias: { 1005: 100 } } }));
    expect(tokensOf(events)).toEqual([1005]);
    expect(textOf(events)).toBe('');
    expect(events.at(-1)).toMatchObject({ reason: 'stop', usage: { completionTokens: 1 } });
  });

  test('aborting ends a generation with reason cancelled, before or after it began', async () => {
    const controller = new AbortController();
    const events: GenerateEvent[] = [];
    for await (const event of engine.generate(say('Halo', { maxTokens: 5000, signal: controller.signal }))) {
      events.push(event);
      if (tokensOf(events).length === 3) controller.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'cancelled' });
    expect(tokensOf(events).length).toBeLessThan(5000);
    const early = await collect(say('Halo', { signal: AbortSignal.abort() }));
    expect(early.at(-1)).toMatchObject({ type: 'finish', reason: 'cancelled' });
  });

  test('aborting takes effect during a long prefill', async () => {
    const controller = new AbortController();
    const long = 'kata '.repeat(20_000);
    const started = Date.now();
    for await (const event of engine.generate(say(long, { signal: controller.signal }))) {
      if (event.type === 'start') controller.abort();
      if (event.type === 'finish') expect(event.reason).toBe('cancelled');
    }
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  test('leaving the loop stops the generation, and the next one runs', async () => {
    for await (const event of engine.generate(say('Halo', { maxTokens: 100_000 }))) {
      if (event.type === 'token') break;
    }
    expect(tokensOf(await collect(say('Halo')))).toHaveLength(12);
  });

  test('requests at the same time get the answers that they get alone', async () => {
    const prompts = ['Halo', 'Selamat pagi, apa kabar?', 'a', 'Satu dua tiga empat lima enam tujuh'];
    const alone: number[][] = [];
    for (const prompt of prompts) alone.push(tokensOf(await collect(say(prompt, { maxTokens: 30 }))));
    const together = await Promise.all(prompts.map((prompt) => collect(say(prompt, { maxTokens: 30 }))));
    expect(together.map(tokensOf)).toEqual(alone);
  });

  test('the main loop stays free while the worker computes', async () => {
    const image = picture(1500, 1000);
    const before = performance.eventLoopUtilization();
    await collect({
      ...say('', { maxTokens: 1 }),
      messages: [{ role: 'user', content: [{ type: 'image', image }] }],
    });
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });

  test('wrong requests are refused by name', async () => {
    const wrong: Partial<GenerateRequest>[] = [
      { maxTokens: 0 },
      { maxTokens: 1.5 },
      { topLogprobs: 21 },
      { stop: [''] },
      { continueFrom: [1024] },
      { continueFrom: [-1] },
      { continueFrom: [1, 2, 3], maxTokens: 2 },
      { messages: [] },
      { sampling: { topP: 0 } },
      { sampling: { logitBias: { 5000: 1 } } },
      { sampling: { seed: -1 } },
    ];
    for (const more of wrong)
      expect(await codeOf(collect(say('x', more))), JSON.stringify(more)).toBe('invalid-request');
    const bad = { width: 10, height: 10, data: new Uint8Array(7) };
    const request = {
      ...say(''),
      messages: [{ role: 'user', content: [{ type: 'image', image: bad }] }],
    } as const;
    expect(await codeOf(collect(request))).toBe('invalid-image');
    const poison = { messages: [{ role: 'user', content: 5 }] } as unknown as GenerateRequest;
    expect(await codeOf(collect(poison))).toBe('invalid-request');
    const tools = [
      { type: 'function', function: { name: 'f', run: () => 1 } },
    ] as unknown as GenerateRequest['tools'];
    expect(await codeOf(collect(say('x', { tools })))).toBe('invalid-request');
    expect(await codeOf(engine.countTokens({ messages: [] }))).toBe('invalid-request');
    expect(await codeOf(engine.tokenize(5 as unknown as string))).toBe('invalid-request');
    expect(await codeOf(engine.detokenize(['x'] as unknown as number[]))).toBe('invalid-request');
  });

  test('wrong options are refused by name', async () => {
    const wrong: object[] = [
      {},
      { model: '' },
      { model, precision: 'q3' },
      { model, threads: 0 },
      { model, kvMemory: 0.5 },
    ];
    for (const options of wrong) {
      expect(await codeOf(loadEngine(options as { model: string })), JSON.stringify(options)).toBe(
        'invalid-request',
      );
    }
    expect(await codeOf(loadEngine({ model: '/none/such' }))).toBe('checkpoint-missing');
    expect(await codeOf(loadEngine({ model: 'no id at all' }))).toBe('checkpoint-missing');
    expect(await codeOf(loadEngine({ model, cacheDir, contextLength: 10 }))).toBe('invalid-request');
    expect(await codeOf(loadEngine({ model, signal: AbortSignal.abort() }))).toBe('cancelled');
  });

  test('a prompt that does not fit drops its oldest turns, or is refused', async () => {
    const small = await loadEngine({ model, cacheDir, runtime, threads: 1, contextLength: 96 });
    try {
      const turn = 'Ini kalimat yang cukup panjang';
      const messages = [1, 2, 3, 4].flatMap(() => [
        { role: 'user' as const, content: turn },
        { role: 'assistant' as const, content: turn },
      ]);
      const request = { ...say(''), messages: [...messages, { role: 'user' as const, content: 'Jadi?' }] };
      const events: GenerateEvent[] = [];
      for await (const event of small.generate(request)) events.push(event);
      expect(events[0]).toMatchObject({ type: 'start', droppedTurns: expect.any(Number) as number });
      expect(events[0]?.type === 'start' && events[0].droppedTurns > 0).toBe(true);
      expect(await codeOf(small.generate({ ...request, overflow: 'error' }).next())).toBe('context-overflow');
      expect(await codeOf(small.generate(say(turn.repeat(10))).next())).toBe('context-overflow');
    } finally {
      await small.close();
    }
  });

  test('a closed engine refuses, what was running fails, and closing twice is fine', async () => {
    const other = await loadEngine({ model, cacheDir, threads: 1 });
    const running = other.generate(say('Halo', { maxTokens: 100_000 }));
    await running.next();
    const drained = (async () => {
      for await (const event of running) expect(event.type).toBe('token');
    })();
    const [code] = await Promise.all([codeOf(drained), wait(20).then(() => other.close())]);
    expect(code).toBe('closed');
    await other.close();
    expect(await codeOf(other.generate(say('Halo')).next())).toBe('closed');
    expect(await codeOf(other.countTokens({ messages: [{ role: 'user', content: 'x' }] }))).toBe('closed');
  });

  test('a checkpoint of another architecture, a damaged or a missing shard is one clear error', async () => {
    const broken = await writeSmallCheckpoint();
    try {
      await writeFile(join(broken, 'model.safetensors'), 'garbage');
      expect(await codeOf(loadEngine({ model: broken, cacheDir }))).toBe('checkpoint-corrupt');
      await rm(join(broken, 'model.safetensors'));
      expect(await codeOf(loadEngine({ model: broken, cacheDir }))).toBe('checkpoint-missing');
      await writeFile(join(broken, 'model.safetensors'), '');
      await writeFile(
        join(broken, 'config.json'),
        '{"architectures":["LlamaForCausalLM"],"model_type":"llama"}',
      );
      expect(await codeOf(loadEngine({ model: broken, cacheDir }))).toBe('unsupported-checkpoint');
    } finally {
      await rm(broken, { recursive: true });
    }
  });
});
