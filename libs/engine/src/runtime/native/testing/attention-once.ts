import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '@qwenvl/exporter';
import type { GraphBackend } from '../../graph-session.js';

export interface Heads {
  /** Keys and values are held with 8 bits, in steps of a size of their own for each channel. */
  readonly isRounded: boolean;
  readonly kvHeads: number;
  /** Heads of queries for each of keys. */
  readonly group: number;
  readonly size: number;
}

/** A step: so many tokens of each sequence after those that it has. */
export interface Step extends Heads {
  readonly tokens: number;
  readonly before: readonly number[];
  readonly spare: number;
  readonly threads: number;
  readonly seed: number;
}

type Cache = Float32Array | Int8Array;

export interface Tensors {
  /** Queries, keys and values side by side, `[batch, tokens, heads + 2 kvHeads, size]`. */
  readonly projected: Float32Array;
  /** Of the angles of each token's place, `[batch, tokens, size / 2]`. */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly key: Cache;
  readonly value: Cache;
}

/** Numbers between -2 and 2, those of places without a token too. Any angles. */
export function drawTensors(given: Step): Tensors {
  const { before, tokens, kvHeads, group, size, seed, isRounded, spare } = given;
  let state = seed | 1;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const width = before.length * kvHeads * size;
  const floats = (count: number): Float32Array =>
    Float32Array.from({ length: width * count }, () => random() * 4);
  const room = Math.max(...before) + tokens + spare;
  const angles = Array.from({ length: (before.length * tokens * size) / 2 }, () => random() * 9);
  const cache = (): Cache =>
    isRounded ? Int8Array.from({ length: width * room }, () => random() * 255) : floats(room);
  return {
    projected: floats(tokens * (group + 2)),
    cos: Float32Array.from(angles, Math.cos),
    sin: Float32Array.from(angles, Math.sin),
    key: cache(),
    value: cache(),
  };
}

export interface AttendOptions {
  /** Keys and values of before; default those that are appended to. */
  readonly past?: { readonly key: Cache; readonly value: Cache };
  /** Tokens that the sequences are said to have; default those they have. */
  readonly lengths?: readonly number[];
}

/**
 * What an attention gives, that of the engine's own operators or onnxruntime's: its output, and the keys and values that
 * are in use. Those of `tensors` are appended to.
 * @param folder for the graph
 */
export async function attend(
  backend: GraphBackend,
  folder: string,
  whose: 'own' | 'theirs',
  given: Step,
  { projected, cos, sin, key, value }: Tensors,
  { past = { key, value }, lengths = given.before }: AttendOptions = {},
) {
  const { tokens, before, kvHeads, group, size, isRounded } = given;
  const batch = before.length;
  const path = join(folder, 'attention.onnx');
  await writeFile(path, graph(whose, given));
  const session = await backend.open(path, given.threads);
  const cache = (data: Cache) => ({
    data,
    dims: [batch, kvHeads, data.length / (batch * kvHeads * size), size],
  });
  const scale = {
    data: Float32Array.from({ length: kvHeads * size }, (_, channel) => 0.01 + (channel % 7) / 700),
    dims: [1, kvHeads, 1, size],
  };
  const wide = [batch, tokens, kvHeads * group * size];
  const y = new Float32Array(batch * tokens * kvHeads * group * size);
  const angles = [batch, tokens, size / 2];
  const norm = (phase: number) => ({
    data: Float32Array.from({ length: size }, (_, channel) => 1 + Math.sin(channel + phase) / 2),
    dims: [size],
  });
  try {
    await session.run(
      {
        projected: { data: projected, dims: [batch, tokens, kvHeads * (group + 2) * size] },
        cos: { data: cos, dims: angles },
        sin: { data: sin, dims: angles },
        query_scale: norm(0),
        key_scale: norm(1),
        past_key: cache(past.key),
        past_value: cache(past.value),
        last: { data: Int32Array.from(lengths, (length) => length + tokens - 1), dims: [batch] },
        total: { data: Int32Array.of(Math.max(...before) + tokens), dims: [1] },
        ...(isRounded && { key_steps: scale, value_steps: scale }),
      },
      { y: { data: y, dims: wide }, present_key: cache(key), present_value: cache(value) },
    );
  } finally {
    await session.release();
  }
  const room = key.length / (batch * kvHeads * size);
  const inUse = (data: Cache): number[] =>
    before.flatMap((length, sequence) =>
      Array.from({ length: kvHeads }, (_, head) => {
        const from = (sequence * kvHeads + head) * room * size;
        return [...data.subarray(from, from + (length + tokens) * size)];
      }).flat(),
    );
  return { y, keys: inUse(key), values: inUse(value) };
}

const FLOAT = 1;
const BYTE = 3;
const INT = 6;

/** Of the RMS norm over a head. */
const EPSILON = 1e-6;

const integer = (name: string, i: number) => ({ name, i, type: 2 });
const float = (name: string, f: number) => ({ name, f, type: 1 });
const integers = (name: string, ints: readonly number[]) => ({ name, ints, type: 7 });

/** A graph of one attention. */
function graph(whose: 'own' | 'theirs', heads: Heads): Uint8Array {
  const { isRounded } = heads;
  const tensor = (name: string, rank: number, elemType = FLOAT) => ({
    name,
    type: {
      tensorType: {
        elemType,
        shape: { dim: Array.from({ length: rank }, (_, axis) => ({ dimParam: `${name}_${axis}` })) },
      },
    },
  });
  const cache = isRounded ? BYTE : FLOAT;
  const input = [
    tensor('projected', 3),
    tensor('cos', 3),
    tensor('sin', 3),
    tensor('query_scale', 1),
    tensor('key_scale', 1),
    tensor('past_key', 4, cache),
    tensor('past_value', 4, cache),
    tensor('last', 1, INT),
    tensor('total', 1, INT),
    ...(isRounded ? [tensor('key_steps', 4), tensor('value_steps', 4)] : []),
  ];
  const output = [tensor('y', 3), tensor('present_key', 4, cache), tensor('present_value', 4, cache)];
  return encodeModel({
    irVersion: 10,
    opsetImport: [
      { domain: '', version: 23 },
      { domain: 'com.microsoft', version: 1 },
      { domain: 'qwenvl', version: 1 },
    ],
    graph: {
      name: 'attention',
      node: whose === 'own' ? [own(heads, input)] : theirs(heads),
      input,
      output,
    },
  });
}

const outputs = ['y', 'present_key', 'present_value'];

function attributes({ kvHeads, group, size }: Heads) {
  return [
    integer('num_heads', kvHeads * group),
    integer('kv_num_heads', kvHeads),
    float('scale', size ** -0.5),
  ];
}

function own(heads: Heads, inputs: readonly { name: string }[]) {
  return {
    domain: 'qwenvl',
    opType: heads.isRounded ? 'RoundedAttention' : 'Attention',
    input: inputs.map(({ name }) => name),
    output: outputs,
    attribute: [...attributes(heads), float('epsilon', EPSILON)],
  };
}

/** The same of onnxruntime's operators: norms, rotations and attention. */
function theirs(heads: Heads) {
  const { kvHeads, group, size, isRounded } = heads;
  const constant = (name: string, numbers: readonly number[]) => ({
    opType: 'Constant',
    input: [],
    output: [name],
    attribute: [integers('value_ints', numbers)],
  });
  const placed = (name: string, count: number) => [
    constant(`${name}_apart`, [0, 0, count, size]),
    constant(`${name}_together`, [0, 0, count * size]),
    { opType: 'Reshape', input: [name, `${name}_apart`], output: [`${name}_heads`] },
    {
      opType: 'SimplifiedLayerNormalization',
      input: [`${name}_heads`, `${name}_scale`],
      output: [`${name}_normed`],
      attribute: [integer('axis', -1), float('epsilon', EPSILON)],
    },
    { opType: 'Reshape', input: [`${name}_normed`, `${name}_together`], output: [`${name}_flat`] },
    {
      opType: 'RotaryEmbedding',
      input: [`${name}_flat`, 'cos', 'sin'],
      output: [`${name}_placed`],
      attribute: [integer('num_heads', count)],
    },
  ];
  const text = (name: string, value: string) => ({ name, s: Buffer.from(value), type: 3 });
  const rounding = [
    text('k_quant_type', 'PER_CHANNEL'),
    text('v_quant_type', 'PER_CHANNEL'),
    integer('kv_cache_bit_width', 8),
  ];
  return [
    constant('widths', [kvHeads * group * size, kvHeads * size, kvHeads * size]),
    {
      opType: 'Split',
      input: ['projected', 'widths'],
      output: ['query', 'key', 'value'],
      attribute: [integer('axis', -1)],
    },
    ...placed('query', kvHeads * group),
    ...placed('key', kvHeads),
    {
      domain: 'com.microsoft',
      opType: 'GroupQueryAttention',
      input: [
        'query_placed',
        'key_placed',
        'value',
        'past_key',
        'past_value',
        'last',
        'total',
        ...(isRounded ? ['', '', '', '', '', 'key_steps', 'value_steps'] : []),
      ],
      output: outputs,
      attribute: [...attributes(heads), ...(isRounded ? rounding : [])],
    },
  ];
}
