import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from './engine.js';
import { runtimes } from './testing/runtimes.js';
import type { GenerateEvent, GenerateRequest } from './types.js';

const model = fileURLToPath(new URL('../../nano/checkpoint', import.meta.url));
const line = 'siti membeli tiga pisang, dua jeruk dan satu pepaya di pasar; ';

describe.each(runtimes)('a small trained model with the $runtime runtime', ({ runtime }) => {
  let home: string;
  let plain: Engine;
  let guessing: Engine;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'qwenvl-home-'));
    const options = { model, cacheDir: home, runtime, contextLength: 1024 };
    plain = await loadEngine(options);
    guessing = await loadEngine({ ...options, speculation: 'prompt-lookup' });
  }, 60_000);

  afterAll(async () => {
    await plain.close();
    await guessing.close();
    await rm(home, { recursive: true });
  });

  async function collect(engine: Engine, request: GenerateRequest): Promise<GenerateEvent[]> {
    const events: GenerateEvent[] = [];
    for await (const event of engine.generate({ maxTokens: 96, ...request })) events.push(event);
    return events;
  }

  const ask = (content: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
    messages: [{ role: 'user', content }],
    sampling: { temperature: 0 },
    ...more,
  });
  const requests: Record<string, GenerateRequest> = {
    'a text to be repeated': ask(`Repeat after me: ${line.repeat(3)}`),
    counting: ask('Count from 1 to 30.'),
    'a greeting': ask('Hello!'),
    'a drawn answer': ask('Hello!', { sampling: { temperature: 0.7, topK: 20, seed: 7 } }),
    'an answer of a form': ask(line, {
      thinkingBudget: 0,
      constraint: {
        type: 'json-schema',
        schema: { type: 'array', items: { type: 'boolean' }, minItems: 20 },
      },
    }),
    'an answer to a stop string': ask('Count from 1 to 30.', { stop: ['5'] }),
  };

  test.each(Object.entries(requests))('%s has the same tokens', async (_, request) => {
    const told = (events: readonly GenerateEvent[]): unknown =>
      events.map((event) => (event.type === 'start' ? { ...event, seed: 0 } : event));
    expect(told(await collect(guessing, request))).toEqual(told(await collect(plain, request)));
  });

  const counted = `${Array.from({ length: 30 }, (_, index) => index + 1).join(', ')}.`;
  const predictions: Record<string, string> = {
    right: counted,
    'wrong here and there': counted.replaceAll('7', '8').replace('5, ', ''),
    'wrong altogether': line.repeat(5),
  };
  test.each(Object.entries(predictions))(
    'a prediction that is %s changes no token',
    async (_, prediction) => {
      const request = ask('Count from 1 to 30.');
      const told = (events: readonly GenerateEvent[]): unknown => events.slice(1);
      expect(told(await collect(plain, { ...request, prediction }))).toEqual(
        told(await collect(plain, request)),
      );
    },
  );

  test('in q4 guesses are tried by default where rows are exact, and show in no bit', async () => {
    const options = { model, cacheDir: home, runtime, contextLength: 1024, precision: 'q4' as const };
    const byDefault = await loadEngine(options);
    const off = await loadEngine({ ...options, speculation: 'off' });
    const texts = [requests['a text to be repeated'], requests['counting']];
    for (const request of texts.flatMap((one) => one ?? [])) {
      const events = await collect(byDefault, { ...request, topLogprobs: 2 });
      expect(events.slice(1)).toEqual((await collect(off, { ...request, topLogprobs: 2 })).slice(1));
    }
    await byDefault.close();
    await off.close();
  });

  test('a prediction that is too long is refused', async () => {
    const request = ask('Hello!', { prediction: 'x'.repeat(200_001) });
    await expect(collect(plain, request)).rejects.toMatchObject({ code: 'invalid-request' });
  });

  test('answers beside each other are the same too, and one can be left', async () => {
    const list = Object.values(requests);
    const together = await Promise.all(list.map((request) => collect(guessing, request)));
    for (const events of together) expect(events.at(-1)).toMatchObject({ type: 'finish' });
    const controller = new AbortController();
    const left = collect(guessing, ask('Count from 1 to 30.', { signal: controller.signal }));
    controller.abort();
    expect((await left).at(-1)).toMatchObject({ type: 'finish', reason: 'cancelled' });
  });
});
