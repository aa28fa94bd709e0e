import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from './engine.js';
import { operatorBackends } from './testing/operator-backends.js';
import { writeSmallCheckpoint } from './testing/small-checkpoint.js';
import type { GenerateEvent, GenerateRequest } from './types.js';

const seeded = { maxTokens: 40, sampling: { temperature: 1, seed: 3 }, topLogprobs: 3 };
const short: GenerateRequest = { ...seeded, messages: [{ role: 'user', content: 'Halo' }] };
const long: GenerateRequest = { ...seeded, messages: [{ role: 'user', content: 'Halo pulau! '.repeat(60) }] };
const card: GenerateRequest = {
  ...short,
  maxTokens: 80,
  thinkingBudget: 3,
  constraint: {
    type: 'json-schema',
    schema: {
      type: 'object',
      properties: { province: { enum: ['east', 'west'] }, district: { enum: ['north', 'south'] } },
      required: ['province', 'district'],
    },
  },
};

function continued(
  request: GenerateRequest,
  whole: readonly GenerateEvent[],
  count: number,
): GenerateRequest {
  const ids = whole.flatMap((event) => (event.type === 'token' ? [event.id] : []));
  return { ...request, continueFrom: ids.slice(0, count), replay: 'exact' };
}

/** `deterministic` keeps requests apart; where rows are exact the same holds without it. */
const ways = [true, ...operatorBackends.map(() => false)].map((deterministic) => ({ deterministic }));

describe.each(ways)('with deterministic: $deterministic', ({ deterministic }) => {
  let home: string;
  let checkpoint: string;
  let engine: Engine;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'qwenvl-home-'));
    checkpoint = await writeSmallCheckpoint();
    // Quantised weights, whose rounding tells shared steps and other chunks from lone ones.
    const options = { model: checkpoint, cacheDir: home, precision: 'q4' as const, threads: 1 };
    engine = await loadEngine({ ...options, prefillChunk: 96, prefillWeights: 'shared', deterministic });
  });

  afterAll(async () => {
    await engine.close();
    await rm(home, { recursive: true });
    await rm(checkpoint, { recursive: true });
  });

  /**
   * Every event, log probabilities included: two runs are equal only if their logits are. What of the prompt was known
   * from earlier runs may differ.
   */
  async function collect(request: GenerateRequest): Promise<GenerateEvent[]> {
    const events: GenerateEvent[] = [];
    for await (const event of engine.generate(request)) {
      events.push(event.type === 'finish' ? { ...event, usage: { ...event.usage, cachedTokens: 0 } } : event);
    }
    return events;
  }

  test('requests that run at once, one of them taken up again, answer to the last bit as each does alone', async () => {
    const alone = { short: await collect(short), long: await collect(long) };
    const together = await Promise.all([
      collect(short),
      collect(long),
      collect(continued(long, alone.long, 17)),
    ]);
    expect(together).toEqual([alone.short, alone.long, alone.long]);
  });

  test('a constrained answer goes on as it would have, wherever it was cut, between forced tokens too', async () => {
    const whole = await collect(card);
    const tokens = whole.filter(({ type }) => type === 'token').length;
    expect(whole.at(-1)).toMatchObject({ reason: 'stop' });
    for (let count = 1; count < tokens; count += 1) {
      expect(await collect(continued(card, whole, count))).toEqual(whole);
    }
  });

  test('given tokens that the constraint does not allow end the request, and no other', async () => {
    const whole = await collect(card);
    const wrong = { ...continued(card, whole, 4), continueFrom: [5, 6, 7, 8] };
    await expect(collect(wrong)).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await collect(card)).toEqual(whole);
  });
});
