import { writeFile } from 'node:fs/promises';
import { decodeHalf, encodeHalf, encodeHalves } from '../safetensors/float-decoder.js';
import type { GoldenTensor } from './golden.js';

/** Tensors by name. */
export type Tensors = ReadonlyMap<string, GoldenTensor>;

/** Writes tensors as one safetensors file of the given type. */
export async function writeSafetensors(
  path: string,
  tensors: Tensors,
  dtype: 'F32' | 'F16' | 'BF16',
): Promise<void> {
  const header: Record<string, object> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const bytes = encode(data, dtype);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.byteLength] };
    parts.push(bytes);
    offset += bytes.byteLength;
  }
  await writeFile(path, Buffer.concat([withLength(JSON.stringify(header)), ...parts]));
}

/** A header with its length in front. */
export function withLength(json: string): Uint8Array {
  const text = Buffer.from(json);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.byteLength));
  return Buffer.concat([length, text]);
}

/** The tensors as they are after storage in a type: bf16 cuts the fraction, fp16 rounds it. */
export function roundTo(tensors: Tensors, dtype: 'F16' | 'BF16'): Tensors {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => {
      if (dtype === 'F16') return [name, { shape, data: data.map((value) => decodeHalf(encodeHalf(value))) }];
      const bits = new Uint32Array(data.slice().buffer).map((value) => value & 0xffff0000);
      return [name, { shape, data: new Float32Array(bits.buffer) }];
    }),
  );
}

function encode(values: Float32Array, dtype: 'F32' | 'F16' | 'BF16'): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.slice().buffer);
  const bits = new Uint32Array(values.slice().buffer);
  const out = dtype === 'BF16' ? Uint16Array.from(bits, (value) => value >>> 16) : encodeHalves(values);
  return new Uint8Array(out.buffer);
}
