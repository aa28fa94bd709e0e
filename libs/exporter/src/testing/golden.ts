import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseHeader, parseHeaderLength } from '../safetensors/header.js';

/** Folder of the small reference checkpoint and its expected tensors. */
export const MODEL_SMALL = fileURLToPath(new URL('../../fixtures/model_small', import.meta.url));

/** A tensor of the reference, whatever its type as f32 (its integers are small). */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Reads a whole safetensors file of reference tensors. */
export function readGolden(name: string): ReadonlyMap<string, GoldenTensor> {
  const bytes = new Uint8Array(readFileSync(`${MODEL_SMALL}/${name}.safetensors`));
  const length = parseHeaderLength(bytes, bytes.byteLength, name);
  const header = parseHeader(bytes.subarray(8, 8 + length), bytes.byteLength, name);
  return new Map(
    [...header].map(([key, { dtype, shape, offset, bytes: size }]): [string, GoldenTensor] => {
      const buffer = bytes.slice(offset, offset + size).buffer;
      return [key, { shape, data: toFloats(dtype, buffer) }];
    }),
  );
}

function toFloats(dtype: string, buffer: ArrayBuffer): Float32Array {
  if (dtype === 'F32') return new Float32Array(buffer);
  if (dtype === 'I64') return Float32Array.from(new BigInt64Array(buffer), Number);
  return Float32Array.from(new Uint8Array(buffer));
}

/** Largest absolute difference between two tensors of one length. */
export function maxDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values, not ${expected.length}`);
  let largest = 0;
  for (let index = 0; index < actual.length; index++) {
    const difference = Math.abs((actual[index] ?? NaN) - (expected[index] ?? NaN));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
