/** Writes the GGUF file format, version 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
import type { FileHandle } from 'node:fs/promises';

/** Tensor types in use: number in `ggml_type`, weights in a block, bytes of a block. */
export const tensorTypes = {
  f32: { id: 0, weights: 1, bytes: 4 },
  q4_0: { id: 2, weights: 32, bytes: 18 },
  q6_k: { id: 14, weights: 256, bytes: 210 },
} as const;

/** A metadata value; numbers are marked by type. */
export type GgufValue =
  | string
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly strings: readonly string[] }
  | { readonly ints: readonly number[] };

/** A tensor, its innermost dimension first. */
export interface GgufTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: keyof typeof tensorTypes;
}

/** Tensors begin at multiples of this many bytes. */
const alignment = 32;

/** Bytes of a tensor's data. */
export function tensorBytes({ dims, type }: GgufTensor): number {
  const { weights, bytes } = tensorTypes[type];
  return (dims.reduce((product, dim) => product * dim, 1) / weights) * bytes;
}

function number(bytes: 4 | 8, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 4) buffer.writeUInt32LE(value);
  else buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(8, bytes.length), bytes]);
}

/** Type number, then the value. */
function encode(value: GgufValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([number(4, 8), text(value)]);
  if ('u32' in value) return Buffer.concat([number(4, 4), number(4, value.u32)]);
  if ('f32' in value) {
    const buffer = Buffer.alloc(4);
    buffer.writeFloatLE(value.f32);
    return Buffer.concat([number(4, 6), buffer]);
  }
  const [type, items] =
    'strings' in value ? [8, value.strings.map(text)] : [5, value.ints.map((item) => number(4, item))];
  return Buffer.concat([number(4, 9), number(4, type), number(8, items.length), ...items]);
}

const padded = (size: number): number => Math.ceil(size / alignment) * alignment;

/** Everything before the tensors' data. */
export function ggufHeader(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): Buffer {
  const entries = Object.entries(metadata);
  const parts = [Buffer.from('GGUF'), number(4, 3), number(8, tensors.length), number(8, entries.length)];
  for (const [key, value] of entries) parts.push(text(key), encode(value));
  let offset = 0;
  for (const tensor of tensors) {
    const { name, dims, type } = tensor;
    parts.push(text(name), number(4, dims.length), ...dims.map((dim) => number(8, dim)));
    parts.push(number(4, tensorTypes[type].id), number(8, offset));
    offset += padded(tensorBytes(tensor));
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc(padded(header.length) - header.length)]);
}

/** Writes a header and, for each tensor, as many copies of a pattern of blocks as fill it. */
export async function writeGguf(
  file: FileHandle,
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
  patterns: Readonly<Record<keyof typeof tensorTypes, Buffer>>,
): Promise<void> {
  await file.write(ggufHeader(metadata, tensors));
  for (const tensor of tensors) {
    const pattern = patterns[tensor.type];
    let left = tensorBytes(tensor);
    const rest = padded(left) - left;
    for (; left > 0; left -= pattern.length)
      await file.write(pattern.subarray(0, Math.min(left, pattern.length)));
    if (rest > 0) await file.write(Buffer.alloc(rest));
  }
}
