import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorBackends } from '../../testing/operator-backends.js';
import { attend, drawTensors, type Step } from './testing/attention-once.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-attention-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Several sequences have one token each, as in the engine. More than 128 keys are attended to in two blocks. */
const cases: fc.Arbitrary<Step> = fc
  .record({
    several: fc.boolean(),
    isRounded: fc.boolean(),
    tokens: fc.integer({ min: 1, max: 80 }),
    before: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 5, size: 'max' }),
    kvHeads: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 4 }),
    size: fc.constantFrom(16, 48, 64, 128, 144),
    spare: fc.integer({ min: 0, max: 20 }),
    threads: fc.integer({ min: 1, max: 2 }),
    seed: fc.nat(),
  })
  .map(({ several, ...drawn }) =>
    several ? { ...drawn, tokens: 1 } : { ...drawn, before: drawn.before.slice(0, 1) },
  );

describe.each(operatorBackends)('attention on $name', (backend) => {
  it('is that of onnxruntime’s norms, rotations and GroupQueryAttention, keys and values included', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const own = await attend(backend, folder, 'own', given, drawTensors(given));
        const theirs = await attend(backend, folder, 'theirs', given, drawTensors(given));
        // A key of another last bit may lie on the other side of a half.
        expect(largestDistance(own.keys, theirs.keys)).toBeLessThan(given.isRounded ? 1.5 : 1e-5);
        expect(own.values).toEqual(theirs.values);
        expect(largestDistance(own.y, theirs.y)).toBeLessThan(given.isRounded ? 0.02 : 1e-5);
      }),
      { numRuns: 60, examples: [[halfway]] },
    );
  });

  it('gives the same bits wherever tokens are cut into steps', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async (drawn, cut) => {
        const given = { ...drawn, before: drawn.before.slice(0, 1), tokens: drawn.tokens + 1 };
        const whole = drawTensors(given);
        const together = await attend(backend, folder, 'own', given, whole);
        const first = 1 + (cut % drawn.tokens);
        const steps = [
          { before: given.before, from: 0, tokens: first },
          { before: given.before.map((length) => length + first), from: first, tokens: given.tokens - first },
        ];
        const parts = drawTensors(given);
        const y: Float32Array[] = [];
        for (const { before, from, tokens } of steps) {
          const some = (all: Float32Array): Float32Array => {
            const width = all.length / given.tokens;
            return all.subarray(from * width, (from + tokens) * width);
          };
          const { projected, cos, sin } = whole;
          const step = { ...parts, projected: some(projected), cos: some(cos), sin: some(sin) };
          y.push((await attend(backend, folder, 'own', { ...given, before, tokens }, step)).y);
        }
        expect(y.flatMap((some) => [...some])).toEqual([...together.y]);
      }),
      { numRuns: 60, examples: [[{ ...small, tokens: 72, kvHeads: 3, group: 4, size: 144 }, 0]] },
    );
  });

  it('gives the same bits whatever sequences are beside', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async (drawn, which) => {
        const given = { ...drawn, tokens: 1 };
        const tensors = drawTensors(given);
        const together = await attend(backend, folder, 'own', given, tensors);
        const one = which % given.before.length;
        const own = <T extends Float32Array | Int8Array>(all: T): T => {
          const width = all.length / given.before.length;
          return all.slice(one * width, (one + 1) * width) as T;
        };
        const { projected, cos, sin, key, value } = tensors;
        const step = { ...given, before: [given.before[one] ?? 0] };
        const alone = await attend(backend, folder, 'own', step, {
          projected: own(projected),
          cos: own(cos),
          sin: own(sin),
          key: own(key),
          value: own(value),
        });
        expect(alone.y).toEqual(own(together.y));
      }),
      { numRuns: 60 },
    );
  });

  it.each([false, true])('takes keys and values that lie elsewhere, rounded: %s', async (isRounded) => {
    const given: Step = { ...small, isRounded, before: [5], tokens: 3 };
    const expected = await attend(backend, folder, 'own', given, drawTensors(given));
    const { key, value, ...rest } = drawTensors(given);
    const empty = { key: key.slice().fill(0), value: value.slice().fill(0) };
    const past = { key: key.slice(0, 5 * given.size), value: value.slice(0, 5 * given.size) };
    expect(await attend(backend, folder, 'own', given, { ...rest, ...empty }, { past })).toEqual(expected);
  });

  it('refuses lengths that there is no room for', async () => {
    const given: Step = { ...small, before: [8], tokens: 2 };
    const attending = attend(backend, folder, 'own', given, drawTensors(given), { lengths: [11] });
    await expect(attending).rejects.toThrow(/no room/);
  });
});

function largestDistance(some: ArrayLike<number>, others: ArrayLike<number>): number {
  return Array.from(some, (value, index) => Math.abs(value - (others[index] ?? NaN))).reduce(
    (most, distance) => Math.max(most, distance),
    0,
  );
}

/** One of its numbers lies halfway between two steps, where a quotient rounds otherwise than a product. */
const halfway: Step = {
  isRounded: true,
  kvHeads: 3,
  group: 2,
  size: 64,
  tokens: 48,
  before: [0],
  spare: 0,
  threads: 1,
  seed: 24,
};

const small: Step = {
  isRounded: false,
  kvHeads: 1,
  group: 1,
  size: 16,
  tokens: 1,
  before: [0],
  spare: 0,
  threads: 1,
  seed: 1,
};
