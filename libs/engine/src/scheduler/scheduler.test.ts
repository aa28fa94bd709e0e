import type { CheckpointConfig } from '@qwenvl/exporter';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mropePositions } from '../positions/mrope-positions.js';
import type { GraphRuntime } from '../runtime/graph-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { neutralSampling } from '../sampling/settings.js';
import { backends } from '../testing/backends.js';
import { openSmallRuntime, type SmallRuntime } from '../testing/small-runtime.js';
import type { GenerateEvent } from '../types.js';
import { Answer } from './answer.js';
import { Scheduler } from './scheduler.js';
import { defaultLimits, type SchedulerLimits } from './scheduler-limits.js';
import { Sequence, type SequenceRequest } from './sequence.js';
import { Stepper } from './stepper.js';

describe.each(backends)('on the %s backend', (_, openBackend) => {
  let runtime: GraphRuntime;
  let config: CheckpointConfig;
  let small: SmallRuntime;

  beforeAll(async () => {
    small = await openSmallRuntime(openBackend());
    ({ runtime, config } = small);
  });

  afterAll(async () => {
    await small.close();
  });

  const tokens = { bytes: (id: number) => Uint8Array.of(65 + (id % 26)), isSpecial: () => false };

  function scheduler(limits: Partial<SchedulerLimits> = {}, over: Runtime = runtime): Scheduler {
    return new Scheduler(new Stepper(over, config, 0), {
      ...defaultLimits,
      maxCachedTokens: 10_000,
      ...limits,
    });
  }

  /** The runtime with one of its methods watched or replaced. */
  function withForward(
    forward: Runtime['forward'],
    embed: Runtime['embed'] = (ids) => runtime.embed(ids),
  ): Runtime {
    return {
      shape: runtime.shape,
      bytesPerToken: runtime.bytesPerToken,
      exactRows: runtime.exactRows,
      encodeVision: (input) => runtime.encodeVision(input),
      createCache: () => runtime.createCache(),
      close: () => runtime.close(),
      embed,
      forward,
    };
  }

  interface Run {
    readonly sequence: Sequence;
    readonly done: Promise<{ ids: number[]; reason: string }>;
  }

  /** A greedy generation of a made-up prompt; `log` notes each event under `name`. */
  function run(
    promptLength: number,
    maxTokens: number,
    more: Partial<SequenceRequest> = {},
    log: (event: GenerateEvent) => void = () => undefined,
  ): Run {
    const ids = Int32Array.from({ length: promptLength }, (_, index) => (index * 37 + promptLength) % 990);
    const prompt = { ids, ...mropePositions(promptLength, []), media: [], droppedTurns: 0 };
    const request = {
      prompt,
      sampling: { ...neutralSampling, temperature: 0 },
      seed: 1,
      topLogprobs: undefined,
      continueFrom: [],
      replay: 'chunked' as const,
      cacheScope: '',
      ...more,
    };
    const answer = new Answer(tokens, { eosIds: new Set(), stop: [], maxTokens });
    const generated: number[] = [];
    let settle: { resolve(value: Awaited<Run['done']>): void; reject(error: unknown): void } | undefined;
    const done = new Promise<Awaited<Run['done']>>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const sequence = new Sequence(request, answer, {
      event: (event) => {
        log(event);
        if (event.type === 'token') generated.push(event.id);
        if (event.type === 'finish') settle?.resolve({ ids: generated, reason: event.reason });
      },
      failed: (error) => settle?.reject(error),
    });
    return { sequence, done };
  }

  async function alone(
    promptLength: number,
    maxTokens: number,
    more?: Partial<SequenceRequest>,
  ): Promise<number[]> {
    const { sequence, done } = run(promptLength, maxTokens, more);
    scheduler().submit(sequence);
    return (await done).ids;
  }

  test('decoding goes on between the chunks of a long prompt', async () => {
    const order: string[] = [];
    const shared = scheduler({ sharedPrefillChunk: 8 });
    const short = run(4, 60, {}, () => order.push('short'));
    const long = run(200, 3, {}, () => order.push('long'));
    shared.submit(short.sequence);
    shared.submit(long.sequence);
    await Promise.all([short.done, long.done]);
    expect(order.indexOf('long')).toBeGreaterThan(20);
    expect(order.lastIndexOf('short')).toBeGreaterThan(order.indexOf('long'));
  });

  test('sequences that join and leave at any time answer as they do alone', async () => {
    const shared = scheduler({ maxSequences: 3 });
    const sizes = [[5, 30], [40, 5], [17, 22], [3, 9], [33, 14]] as const; // prettier-ignore
    const runs = sizes.map(([prompt, max]) => run(prompt, max));
    for (const { sequence } of runs) shared.submit(sequence);
    const answers = await Promise.all(runs.map(async ({ done }) => (await done).ids));
    expect(answers).toEqual(await Promise.all(sizes.map(([prompt, max]) => alone(prompt, max))));
  });

  test('the caches stay within their bound: the newest is computed again later, with the same answer', async () => {
    const runs = [run(30, 60), run(25, 60), run(9, 70)];
    let most = 0;
    const watched = withForward(async (inputs) => {
      const logits = await runtime.forward(inputs);
      const cached = runs.reduce((sum, { sequence }) => sum + sequence.fed, 0);
      most = Math.max(most, cached);
      return logits;
    });
    const bounded = scheduler({ maxCachedTokens: 100, prefillChunk: 16 }, watched);
    for (const { sequence } of runs) bounded.submit(sequence);
    const answers = await Promise.all(runs.map(async ({ done }) => (await done).ids));
    expect(answers).toEqual([await alone(30, 60), await alone(25, 60), await alone(9, 70)]);
    expect(most).toBeLessThanOrEqual(100);
    expect(bounded.load).toEqual({ active: 0, queued: 0 });
  });

  test('a cancelled sequence ends before the next step, the others go on', async () => {
    const shared = scheduler();
    const stays = run(5, 40);
    const goes = run(6, 10_000, {}, ({ type }) => {
      if (type === 'token') goes.sequence.cancelled = true;
    });
    const waits = run(600, 5);
    for (const { sequence } of [goes, stays, waits]) shared.submit(sequence);
    waits.sequence.cancelled = true;
    expect(await goes.done).toMatchObject({ reason: 'cancelled', ids: [expect.any(Number)] });
    expect(await waits.done).toEqual({ reason: 'cancelled', ids: [] });
    expect((await stays.done).ids).toEqual(await alone(5, 40));
  });

  test('a step that fails ends the sequences that took part and no others', async () => {
    let failing = true;
    const broken = withForward(
      (inputs) => runtime.forward(inputs),
      (ids) =>
        failing && ids.length === 50 ? Promise.reject(new Error('the runtime broke')) : runtime.embed(ids),
    );
    const shared = scheduler({}, broken);
    const bad = run(50, 5);
    const good = run(5, 5);
    shared.submit(bad.sequence);
    shared.submit(good.sequence);
    await expect(bad.done).rejects.toThrow('the runtime broke');
    expect((await good.done).ids).toEqual(await alone(5, 5));
    failing = false;
    const again = run(50, 5);
    shared.submit(again.sequence);
    expect((await again.done).ids).toEqual(await alone(50, 5));
  });

  test('a constraint narrows the choice, and its forced tokens share one step', async () => {
    const accepted: number[] = [];
    const free = await alone(5, 8);
    let forwards = 0;
    const counting = withForward((inputs) => {
      forwards++;
      return runtime.forward(inputs);
    });
    const constraint = {
      allowed: () => (accepted.length === 0 ? Uint32Array.of(0, 1 << 5) : undefined),
      accept: (id: number) => accepted.push(id),
      forced: () => (accepted.length === 1 ? [100, 101, 102, 103] : []),
    };
    const { sequence, done } = run(5, 8, { constraint });
    scheduler({}, counting).submit(sequence);
    const { ids } = await done;
    expect(ids.slice(0, 5)).toEqual([37, 100, 101, 102, 103]);
    expect(ids).toHaveLength(8);
    expect(accepted).toEqual(ids);
    expect(ids).not.toEqual(free);
    expect(forwards).toBe(4); // the prompt, the chosen token with the forced ones, two single steps
  });

  test('a constraint that fails in a shared step ends its own sequence and no other', async () => {
    const shared = scheduler();
    let asked = 0;
    const constraint = {
      allowed: () => {
        asked += 1;
        if (asked > 2) throw new Error('the constraint broke');
        return undefined;
      },
      accept: () => undefined,
    };
    const bad = run(5, 8, { constraint });
    const good = run(6, 8);
    shared.submit(bad.sequence);
    shared.submit(good.sequence);
    await expect(bad.done).rejects.toThrow('the constraint broke');
    expect((await good.done).ids).toEqual(await alone(6, 8));
  });

  test('too many requests are refused', () => {
    const full = scheduler({ maxSequences: 1, maxQueued: 1 });
    full.submit(run(5, 1).sequence);
    full.submit(run(5, 1).sequence);
    expect(() => {
      full.submit(run(5, 1).sequence);
    }).toThrow(expect.objectContaining({ code: 'queue-full' }));
    return full.stop();
  });

  test('a prompt that begins as an earlier one did is computed from there on, with the same answer', async () => {
    let computed = 0;
    const watched = withForward((inputs) => {
      computed += inputs.reduce((sum, { embeds }) => sum + embeds.length / runtime.shape.hidden, 0);
      return runtime.forward(inputs);
    });
    const shared = scheduler({}, watched);
    const ask = async (): Promise<number[]> => {
      const { sequence, done } = run(300, 5);
      shared.submit(sequence);
      return (await done).ids;
    };
    const cold = await ask();
    const before = computed;
    expect(await ask()).toEqual(cold);
    expect(computed - before).toBeLessThan(10);
  });

  test('a request that follows on the end of the last one is computed', async () => {
    const shared = scheduler();
    const first = run(20, 2);
    shared.submit(first.sequence);
    await first.done;
    const second = run(21, 2);
    shared.submit(second.sequence);
    expect((await second.done).ids).toHaveLength(2);
  });

  test('kept prefixes make room for sequences that need it', async () => {
    const bounded = scheduler({ maxCachedTokens: 120, prefillChunk: 16 });
    for (const size of [60, 61, 62]) {
      const { sequence, done } = run(size, 20);
      bounded.submit(sequence);
      expect((await done).ids).toEqual(await alone(size, 20));
    }
  });
});
