import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from './engine.js';
import { writeSmallCheckpoint } from './testing/small-checkpoint.js';
import type { ChatMessage, GenerateEvent, RgbImage } from './types.js';

/** A few tokens with their log probabilities, and how many prompt tokens were known. */
async function collect(generated: AsyncIterable<GenerateEvent>) {
  const events: GenerateEvent[] = [];
  for await (const event of generated) events.push(event);
  const last = events.at(-1);
  return {
    tokens: events.flatMap((event) => (event.type === 'token' ? [event] : [])),
    cachedTokens: last?.type === 'finish' ? last.usage.cachedTokens : undefined,
  };
}

const settings = { topLogprobs: 4, sampling: { temperature: 0 } };

const answer = (engine: Engine, messages: readonly ChatMessage[]) =>
  collect(engine.generate({ ...settings, messages, maxTokens: 6 }));

const goOn = (engine: Engine, prompt: readonly number[]) =>
  collect(engine.complete({ ...settings, prompt, maxTokens: 30 }));

function picture(shade: number): RgbImage {
  return {
    width: 96,
    height: 64,
    data: new Uint8Array(96 * 64 * 3).map((_, index) => (index * shade) % 256),
  };
}

const say = (content: ChatMessage['content']): ChatMessage => ({ role: 'user', content });
const look = (shade: number, text: string): ChatMessage =>
  say([{ type: 'image', image: picture(shade) }, { type: 'text', text }]); // prettier-ignore

describe.each(['shared', 'int8'] as const)('with %s weights for prompts', (prefillWeights) => {
  let home: string;
  let checkpoint: string;
  let cold: Engine;
  let warm: Engine;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'qwenvl-home-'));
    checkpoint = await writeSmallCheckpoint();
    // Quantised weights, whose rounding would tell a row that was computed otherwise.
    const options = {
      model: checkpoint,
      cacheDir: home,
      precision: 'q4' as const,
      threads: 1,
      prefillChunk: 32,
      prefillWeights,
    };
    cold = await loadEngine({ ...options, prefixCache: false, maxFeatureBytes: 0 });
    warm = await loadEngine(options);
  });

  afterAll(async () => {
    await cold.close();
    await warm.close();
    await rm(home, { recursive: true });
    await rm(checkpoint, { recursive: true });
  });

  test('a further turn, and any prompt that begins alike, is answered to the last bit as if nothing were known', async () => {
    const first = say('pulau '.repeat(20));
    const reply: ChatMessage = { role: 'assistant', content: 'Halo' };
    for (let length = 18; length <= 52; length += 1) {
      const messages = [say('pulau '.repeat(length))];
      const known = await answer(warm, messages);
      expect(known.tokens).toEqual((await answer(cold, messages)).tokens);
      if (length > 18) expect(known.cachedTokens).toBeGreaterThan(16);
    }
    const turns = [first, reply, say('Lagi')];
    const known = await answer(warm, turns);
    expect(known.cachedTokens).toBeGreaterThan(16);
    expect(known.tokens).toEqual((await answer(cold, turns)).tokens);
  });

  test('an answer is known to the turn after it where rows are exact, and shows in no bit', async () => {
    const prompt = Array.from({ length: 33 }, (_, index) => 300 + index);
    const { tokens } = await goOn(warm, prompt);
    const next = [...prompt, ...tokens.map(({ id }) => id), 301];
    const known = await goOn(warm, next);
    expect(known.cachedTokens).toBe(warm.info.exactRows ? next.length - 2 : 32);
    expect(known.tokens).toEqual((await goOn(cold, next)).tokens);
  });

  test('the same picture is not computed again; another one of its size is', async () => {
    // Pixels are handed over with a request: each one needs its own.
    const ask = async (...turns: readonly (() => ChatMessage)[]): Promise<number | undefined> => {
      const known = await answer(
        warm,
        turns.map((turn) => turn()),
      );
      const { tokens } = await answer(
        cold,
        turns.map((turn) => turn()),
      );
      expect(known.tokens).toEqual(tokens);
      return known.cachedTokens;
    };
    await ask(() => look(7, 'Apa ini?'));
    const same = await ask(() => look(7, 'Warna apa?'));
    const other = await ask(() => look(9, 'Apa ini?'));
    expect(same).toBeGreaterThan(other ?? NaN);
    await ask(
      () => say('Lihat'),
      () => look(7, 'Ini?'),
    );
  });
});
