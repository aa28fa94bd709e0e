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
  readonly query: Float32Array;
  readonly newKey: Float32Array;
  readonly newValue: Float32Array;
  readonly key: Cache;
  readonly value: Cache;
}

/** Numbers between -2 and 2, those of places without a token too. */
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
  const cache = (): Cache =>
    isRounded ? Int8Array.from({ length: width * room }, () => random() * 255) : floats(room);
  return {
    query: floats(tokens * group),
    newKey: floats(tokens),
    newValue: floats(tokens),
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
  { query, newKey, newValue, key, value }: Tensors,
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
        ...(isRounded && { key_scale: scale, value_scale: scale }),
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

/** A graph of one attention. */
function graph(whose: 'own' | 'theirs', { kvHeads, group, size, isRounded }: Heads): Uint8Array {
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
  const seven = [
    tensor('query', 3),
    tensor('new_key', 3),
    tensor('new_value', 3),
    tensor('past_key', 4, cache),
    tensor('past_value', 4, cache),
    tensor('last', 1, INT),
    tensor('total', 1, INT),
  ];
  const scales = isRounded ? [tensor('key_scale', 4), tensor('value_scale', 4)] : [];
  const output = [tensor('y', 3), tensor('present_key', 4, cache), tensor('present_value', 4, cache)];
  const names = (tensors: readonly { name: string }[]): string[] => tensors.map(({ name }) => name);
  const text = (name: string, value: string) => ({ name, s: Buffer.from(value), type: 3 });
  const attribute = [
    { name: 'num_heads', i: kvHeads * group, type: 2 },
    { name: 'kv_num_heads', i: kvHeads, type: 2 },
    { name: 'scale', f: size ** -0.5, type: 1 },
  ];
  const rounding = [
    text('k_quant_type', 'PER_CHANNEL'),
    text('v_quant_type', 'PER_CHANNEL'),
    { name: 'kv_cache_bit_width', i: 8, type: 2 },
  ];
  const own = {
    domain: 'qwenvl',
    opType: isRounded ? 'RoundedAttention' : 'Attention',
    input: names([...seven, ...scales]),
    attribute,
  };
  const theirs = {
    domain: 'com.microsoft',
    opType: 'GroupQueryAttention',
    input: [...names(seven), ...(isRounded ? ['', '', '', '', ''] : []), ...names(scales)],
    attribute: [...attribute, ...(isRounded ? rounding : [])],
  };
  const node = { ...(whose === 'own' ? own : theirs), output: names(output) };
  return encodeModel({
    irVersion: 10,
    opsetImport: [
      { domain: '', version: 23 },
      { domain: node.domain, version: 1 },
    ],
    graph: { name: 'attention', node: [node], input: [...seven, ...scales], output },
  });
}
