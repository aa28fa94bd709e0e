import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CheckpointConfig } from '@qwenvl/exporter';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GraphRuntime } from '../runtime/graph-runtime.js';
import { modelShape } from '../runtime/model-shape.js';
import type { DecoderInput, Runtime } from '../runtime/runtime.js';
import { neutralSampling } from '../sampling/settings.js';
import { backends } from '../testing/backends.js';
import { exportToTemporary, modelSmall, readExpected, readTensors } from '../testing/golden.js';
import { goldenPrompt } from '../testing/golden-prompt.js';
import type { GenerateEvent } from '../types.js';
import { tokenPrompt } from '../worker/token-prompt.js';
import { Answer, type AnswerLimits } from './answer.js';
import { Scheduler } from './scheduler.js';
import { defaultLimits } from './scheduler-limits.js';
import { Sequence, type SequenceRequest } from './sequence.js';
import { Speculation, type Drafter } from './speculation.js';
import { Stepper } from './stepper.js';
import type { TokenConstraint } from './token-constraint.js';

const golden = readExpected(modelSmall);
const tokens = { bytes: (id: number) => Uint8Array.of(65 + (id % 26)), isSpecial: () => false };

/** Guesses so many right tokens of a known answer, then so many wrong ones, in turn. */
class Scripted implements Drafter {
  readonly active = true;
  readonly #answer: readonly number[];
  readonly #plan: readonly (readonly [right: number, wrong: number])[];
  #at = 0;
  #turn = 0;

  constructor(answer: readonly number[], plan: readonly (readonly [right: number, wrong: number])[]) {
    this.#answer = answer;
    this.#plan = plan;
  }

  add(): void {
    this.#at += 1;
  }

  draft(most: number, known: readonly number[]): readonly number[] {
    const [right, wrong] = this.#plan[this.#turn++ % this.#plan.length] ?? [0, 0];
    const at = this.#at + known.length;
    const guesses = this.#answer.slice(at, at + right);
    for (let index = 0; index < wrong; index += 1)
      guesses.push(((this.#answer[at + guesses.length] ?? 0) + 1) % 990);
    return guesses.slice(0, most);
  }
}

/** Allows half of all tokens, another half after each, and forces a few of them after every multiple of five. */
class Halves implements TokenConstraint {
  #last = 0;
  #forced: number[] = [];

  allowed() {
    return new Uint32Array(32).fill(this.#last % 2 === 0 ? 0x55555555 : 0xaaaaaaaa);
  }

  accept(id: number): void {
    this.#last = id;
    this.#forced = this.#forced.length > 0 ? this.#forced.slice(1) : id % 5 === 0 ? [11, 12, 13] : [];
  }

  forced(): readonly number[] {
    return this.#forced;
  }
}

const models = backends.flatMap(([name, openBackend]) =>
  (['fp32', 'q4'] as const).map((precision) => ({ name, openBackend, precision })),
);

describe.each(models)('$precision weights on the $name backend', ({ openBackend, precision }) => {
  let runtime: GraphRuntime;
  let config: CheckpointConfig;
  let graphs: string;
  let steps = 0;

  beforeAll(async () => {
    const made = await exportToTemporary(modelSmall, precision);
    ({ graphs } = made);
    config = made.manifest.model;
    runtime = await GraphRuntime.create({
      graphs,
      shape: modelShape(config),
      threads: 2,
      backend: openBackend(),
    });
  });

  afterAll(async () => {
    await runtime.close();
    await rm(dirname(graphs), { recursive: true });
  });

  /** All events of a run; their log probabilities tell any difference in the logits. */
  async function run(
    name: string,
    more: Partial<SequenceRequest> = {},
    limits: Partial<AnswerLimits> = {},
    onToken: (sequence: Sequence, index: number) => void = () => undefined,
  ): Promise<GenerateEvent[]> {
    const case_ = golden.cases[name];
    if (!case_) throw new Error(`no case ${name}`);
    const counted: Runtime = {
      shape: runtime.shape,
      bytesPerToken: runtime.bytesPerToken,
      exactRows: runtime.exactRows,
      embed: (ids) => runtime.embed(ids),
      encodeVision: (input) => runtime.encodeVision(input),
      createCache: () => runtime.createCache(),
      close: () => runtime.close(),
      forward: (inputs: readonly DecoderInput[]) => {
        steps += 1;
        return runtime.forward(inputs);
      },
    };
    steps = 0;
    const scheduler = new Scheduler(new Stepper(counted, config, 0), {
      ...defaultLimits,
      maxCachedTokens: 10_000,
      prefixCache: false,
    });
    const request: SequenceRequest = {
      prompt: tokenPrompt(goldenPrompt(case_, readTensors(modelSmall, name), config), config),
      sampling: { ...neutralSampling, temperature: 0 },
      seed: 1,
      topLogprobs: 4,
      continueFrom: [],
      replay: 'chunked',
      cacheScope: '',
      ...more,
    };
    const events: GenerateEvent[] = [];
    await new Promise<void>((resolve, reject) => {
      const answer = new Answer(tokens, { eosIds: new Set(), stop: [], maxTokens: 32, ...limits });
      const sequence: Sequence = new Sequence(request, answer, {
        event: (event) => {
          events.push(event);
          if (event.type === 'token') onToken(sequence, event.index);
          if (event.type === 'finish') resolve();
        },
        failed: reject,
      });
      scheduler.submit(sequence);
    });
    await scheduler.stop();
    return events;
  }

  const idsOf = (events: readonly GenerateEvent[]): number[] =>
    events.flatMap((event) => (event.type === 'token' ? [event.id] : []));
  const none = (): Drafter => new Scripted([], [[0, 0]]);
  /** A run that guesses nothing. Where a lone row rounds otherwise than one of a pair, it takes pairs all the same. */
  const unguessed = (): Partial<SequenceRequest> => (runtime.exactRows ? {} : { drafter: none() });

  test.each(Object.keys(golden.cases))(
    '%s: the same greedy tokens with guesses and without',
    async (name) => {
      // Quantised weights round more than the best two tokens of random ones are apart.
      const plain = idsOf(await run(name, precision === 'fp32' ? {} : unguessed()));
      if (precision === 'fp32') expect(plain).toEqual(golden.cases[name]?.greedy32.tokens);
      const ids = golden.cases[name]?.input_ids ?? [];
      const others: Drafter[] = [none(), new Scripted(plain, [[7, 0]])];
      if (precision === 'fp32') others.push(new Speculation(ids));
      for (const drafter of others) expect(idsOf(await run(name, { drafter }))).toEqual(plain);
    },
  );

  test('right guesses save steps', async () => {
    const plain = idsOf(await run('text', { drafter: none() }));
    const without = steps;
    await run('text', { drafter: new Scripted(plain, [[7, 0]]) });
    expect(without - steps).toBe(31 - 4);
  });

  test('an answer that was predicted takes a step for eight tokens and more, those that are forced among them', async () => {
    const ids = golden.cases['text']?.input_ids ?? [];
    for (const more of [() => ({}), () => ({ constraint: new Halves() })]) {
      const expected = await run('text', { ...more(), drafter: none() });
      const predicted = idsOf(expected);
      expect(await run('text', { ...more(), drafter: new Speculation(ids, predicted) })).toEqual(expected);
      expect(steps).toBeLessThanOrEqual(1 + 32 / 8 + 1);
      // One token in ten is another than predicted.
      const mistaken = predicted.map((id, at) => (at % 10 === 5 ? (id + 1) % 990 : id));
      expect(await run('text', { ...more(), drafter: new Speculation(ids, mistaken) })).toEqual(expected);
      expect(steps).toBeLessThan(16);
    }
  });

  const plans = fc.array(fc.tuple(fc.nat({ max: 15 }), fc.nat({ max: 3 })), { minLength: 1, maxLength: 6 });
  const ways: Record<string, { more: () => Partial<SequenceRequest>; limits?: Partial<AnswerLimits> }> = {
    'greedy tokens': { more: () => ({}) },
    'drawn tokens with penalties': {
      more: () => ({
        sampling: {
          ...neutralSampling,
          temperature: 0.8,
          topK: 40,
          repetitionPenalty: 1.2,
          presencePenalty: 0.5,
        },
      }),
    },
    'tokens held to a mask, some forced': { more: () => ({ constraint: new Halves() }) },
    'an answer that is taken up': { more: () => ({ continueFrom: [3, 1, 4, 1, 5] }) },
    'an answer up to a limit': { more: () => ({}), limits: { maxTokens: 13 } },
  };
  test.each(Object.entries(ways))(
    '%s do not change by a bit, whatever is guessed',
    async (_, { more, limits }) => {
      const expected = await run('text', { ...more(), ...unguessed() }, limits);
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const drafter = new Scripted(idsOf(expected), plan);
          expect(await run('text', { ...more(), drafter }, limits)).toEqual(expected);
        }),
        { numRuns: 12 },
      );
    },
  );

  test('an answer ends within a guess where it ends without: at a stop string, at its last token', async () => {
    const all = idsOf(await run('text', { drafter: none() }));
    const text = all.map((id) => String.fromCharCode(65 + (id % 26))).join('');
    const stop = [text.slice(9, 12)];
    for (const limits of [{ stop }, { eosIds: new Set([all[5] ?? 0]) }]) {
      const expected = await run('text', { drafter: none() }, limits);
      expect(idsOf(expected).length).toBeLessThan(all.length);
      expect(await run('text', { drafter: new Scripted(all, [[7, 0]]) }, limits)).toEqual(expected);
    }
  });

  test('is cancelled between two steps', async () => {
    const all = idsOf(await run('text', { drafter: none() }));
    const drafter = new Scripted(all, [[3, 0]]);
    const events = await run('text', { drafter }, {}, (sequence, index) => {
      if (index === 6) sequence.cancelled = true;
    });
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'cancelled' });
    expect(all.slice(0, 9)).toEqual(idsOf(events));
  });

  test('an exact replay of an answer with guesses goes on as it did', async () => {
    const expected = await run('text', unguessed());
    const all = idsOf(expected);
    const replayed = await run('text', {
      drafter: new Scripted(all, [[4, 1]]),
      continueFrom: all.slice(0, 15),
      replay: 'exact',
    });
    expect(replayed).toEqual(expected);
  });
});
