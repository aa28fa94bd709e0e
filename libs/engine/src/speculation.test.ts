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
