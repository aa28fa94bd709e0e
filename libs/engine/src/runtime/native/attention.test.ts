import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeModel } from '@qwenvl/exporter';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphBackend } from '../graph-session.js';
import { nativeBackend } from './native-backend.js';

/** The backend where this machine's processor can run the operator. */
const backends: GraphBackend[] =
  process.platform === 'linux' ? [nativeBackend()].filter(({ hasOperators }) => hasOperators) : [];

const FLOAT = 1;
const INT = 6;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-attention-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Heads {
  readonly kvHeads: number;
  /** Heads of queries for each of keys. */
  readonly group: number;
  readonly size: number;
}

/** A step: so many tokens of each sequence after those that it has. */
interface Case extends Heads {
  readonly tokens: number;
  readonly before: readonly number[];
  readonly spare: number;
  readonly threads: number;
  readonly seed: number;
}

/** Several sequences have one token each, as in the engine. More than 128 keys are attended to in two blocks. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    several: fc.boolean(),
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

describe.each(backends)('attention on $name', (backend) => {
  it('is that of GroupQueryAttention, keys and values included', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const own = await attend(backend, 'qwenvl.Attention', given, draw(given));
        const theirs = await attend(backend, 'com.microsoft.GroupQueryAttention', given, draw(given));
        expect(own.keys).toEqual(theirs.keys);
        expect(own.values).toEqual(theirs.values);
        const apart = own.y.map((value, index) => Math.abs(value - (theirs.y[index] ?? NaN)));
        expect(apart.every((distance) => distance < 1e-5)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bits wherever tokens are cut into steps', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async (drawn, cut) => {
        const given = { ...drawn, before: drawn.before.slice(0, 1), tokens: drawn.tokens + 1 };
        const whole = draw(given);
        const together = await attend(backend, 'qwenvl.Attention', given, whole);
        const first = 1 + (cut % drawn.tokens);
        const steps = [
          { before: given.before, from: 0, tokens: first },
          { before: given.before.map((length) => length + first), from: first, tokens: given.tokens - first },
        ];
        const parts = draw(given);
        const y: number[] = [];
        for (const { before, from, tokens } of steps) {
          const some = (all: Float32Array): Float32Array => {
            const width = all.length / given.tokens;
            return all.subarray(from * width, (from + tokens) * width);
          };
          const { query, newKey, newValue } = whole;
          const step = { ...parts, query: some(query), newKey: some(newKey), newValue: some(newValue) };
          y.push(...(await attend(backend, 'qwenvl.Attention', { ...given, before, tokens }, step)).y);
        }
        expect(y).toEqual([...together.y]);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bits whatever sequences are beside', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async (drawn, which) => {
        const given = { ...drawn, tokens: 1 };
        const tensors = draw(given);
        const together = await attend(backend, 'qwenvl.Attention', given, tensors);
        const one = which % given.before.length;
        const own = (all: Float32Array): Float32Array => {
          const width = all.length / given.before.length;
          return all.slice(one * width, (one + 1) * width);
        };
        const { query, newKey, newValue, key, value } = tensors;
        const alone = await attend(
          backend,
          'qwenvl.Attention',
          { ...given, before: [given.before[one] ?? 0] },
          {
            query: own(query),
            newKey: own(newKey),
            newValue: own(newValue),
            key: own(key),
            value: own(value),
          },
        );
        expect(alone.y).toEqual(own(together.y));
      }),
      { numRuns: 60 },
    );
  });

  it('takes keys and values that it does not append to in place', async () => {
    const given: Case = { ...small, before: [5], tokens: 3, spare: 0 };
    const inPlace = draw(given);
    const expected = await attend(backend, 'qwenvl.Attention', given, inPlace);
    const apart = draw(given);
    const past = (all: Float32Array): Float32Array => all.slice(0, 5 * given.size);
    const grown = {
      ...apart,
      key: new Float32Array(apart.key.length),
      value: new Float32Array(apart.key.length),
    };
    const { y, keys, values } = await attend(backend, 'qwenvl.Attention', given, grown, {
      key: past(apart.key),
      value: past(apart.value),
    });
    expect({ y, keys, values }).toEqual(expected);
  });

  it('refuses lengths that there is no room for', async () => {
    const given: Case = { ...small, before: [8], tokens: 2 };
    const tooLong = { ...given, before: [11] };
    await expect(
      attend(backend, 'qwenvl.Attention', given, draw(given), undefined, tooLong.before),
    ).rejects.toThrow(/no room/);
  });
});

const small: Case = { kvHeads: 1, group: 1, size: 16, tokens: 1, before: [0], spare: 0, threads: 1, seed: 1 };

interface Tensors {
  readonly query: Float32Array;
  readonly newKey: Float32Array;
  readonly newValue: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
}

function roomOf({ before, tokens, spare }: Case): number {
  return Math.max(...before) + tokens + spare;
}

/** Numbers between -2 and 2, those of places without a token too. */
function draw(given: Case): Tensors {
  const { before, tokens, kvHeads, group, size, seed } = given;
  let state = seed | 1;
  const floats = (count: number): Float32Array =>
    Float32Array.from({ length: before.length * kvHeads * size * count }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state / 2 ** 32 - 0.5) * 4;
    });
  return {
    query: floats(tokens * group),
    newKey: floats(tokens),
    newValue: floats(tokens),
    key: floats(roomOf(given)),
    value: floats(roomOf(given)),
  };
}

/** What an attention gives: its output, and the keys and values that are in use. Those of `tensors` are appended to. */
async function attend(
  backend: GraphBackend,
  operator: string,
  given: Case,
  { query, newKey, newValue, key, value }: Tensors,
  past = { key, value },
  lengths = given.before,
) {
  const { tokens, before, kvHeads, group, size } = given;
  const batch = before.length;
  const session = await backend.open(await write(operator, given), given.threads);
  const cache = (data: Float32Array) => ({
    data,
    dims: [batch, kvHeads, data.length / (batch * kvHeads * size), size],
  });
  const y = new Float32Array(query.length);
  const wide = [batch, tokens, kvHeads * group * size];
  try {
    await session.run(
      {
        query: { data: query, dims: wide },
        new_key: { data: newKey, dims: [batch, tokens, kvHeads * size] },
        new_value: { data: newValue, dims: [batch, tokens, kvHeads * size] },
        past_key: cache(past.key),
        past_value: cache(past.value),
        last: { data: Int32Array.from(lengths, (length) => length + tokens - 1), dims: [batch] },
        total: { data: Int32Array.of(Math.max(...before) + tokens), dims: [1] },
      },
      { y: { data: y, dims: wide }, present_key: cache(key), present_value: cache(value) },
    );
  } finally {
    await session.release();
  }
  const room = key.length / (batch * kvHeads * size);
  const inUse = (data: Float32Array): number[] =>
    before.flatMap((length, sequence) =>
      Array.from({ length: kvHeads }, (_, head) => {
        const from = (sequence * kvHeads + head) * room * size;
        return [...data.subarray(from, from + (length + tokens) * size)];
      }).flat(),
    );
  return { y, keys: inUse(key), values: inUse(value) };
}

/** Writes a graph of one attention and returns its path. */
async function write(operator: string, { kvHeads, group, size }: Heads): Promise<string> {
  const [, domain = '', opType = ''] = /^(.*)\.(\w+)$/.exec(operator) ?? [];
  const tensor = (name: string, rank: number, elemType = FLOAT) => ({
    name,
    type: {
      tensorType: {
        elemType,
        shape: { dim: Array.from({ length: rank }, (_, axis) => ({ dimParam: `${name}_${axis}` })) },
      },
    },
  });
  const input = [
    tensor('query', 3),
    tensor('new_key', 3),
    tensor('new_value', 3),
    tensor('past_key', 4),
    tensor('past_value', 4),
    tensor('last', 1, INT),
    tensor('total', 1, INT),
  ];
  const output = [tensor('y', 3), tensor('present_key', 4), tensor('present_value', 4)];
  const names = (tensors: readonly { name: string }[]): string[] => tensors.map(({ name }) => name);
  const attribute = [
    { name: 'num_heads', i: kvHeads * group, type: 2 },
    { name: 'kv_num_heads', i: kvHeads, type: 2 },
    { name: 'scale', f: size ** -0.5, type: 1 },
  ];
  const node = { opType, domain, input: names(input), output: names(output), attribute };
  const model = encodeModel({
    irVersion: 10,
    opsetImport: [
      { domain: '', version: 23 },
      { domain, version: 1 },
    ],
    graph: { name: 'attention', node: [node], input, output },
  });
  const path = join(folder, 'attention.onnx');
  await writeFile(path, model);
  return path;
}
