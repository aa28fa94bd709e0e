import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const folder = new URL('../../fixtures/golden/', import.meta.url);

/** A tensor of a golden safetensors file. */
export interface GoldenTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The values as numbers, whatever the type. */
  numbers(): number[];
}

/** The place of a golden file: a path below `fixtures/golden`, or a URL of its own. */
export function goldenUrl(path: string | URL): URL {
  return new URL(path, folder);
}

/** The text of a golden file; `.gz` is unpacked. */
export function goldenText(path: string): string {
  const bytes = readFileSync(goldenUrl(path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** A golden JSON file through a schema. */
export function goldenJson<T>(path: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(goldenText(path)));
}

const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int()),
  data_offsets: z.tuple([z.int(), z.int()]),
});
/** `__metadata__`, which holds no tensor, becomes undefined. */
const headerSchema = z.record(z.string(), tensorSchema.optional().catch(undefined));

/** The tensors of a golden safetensors file by name. */
export function goldenTensors(path: string | URL): (name: string) => GoldenTensor {
  const file = readFileSync(goldenUrl(path));
  const headerLength = Number(file.readBigUInt64LE(0));
  const entries = headerSchema.parse(JSON.parse(file.toString('utf8', 8, 8 + headerLength)));
  return (name) => {
    const entry = entries[name];
    if (!entry) throw new Error(`${String(path)} has no tensor ${name}`);
    const [from, to] = entry.data_offsets;
    const bytes = new Uint8Array(file.subarray(8 + headerLength + from, 8 + headerLength + to));
    return { dtype: entry.dtype, shape: entry.shape, bytes, numbers: () => toNumbers(entry.dtype, bytes) };
  };
}

function toNumbers(dtype: string, { buffer }: Uint8Array<ArrayBuffer>): number[] {
  switch (dtype) {
    case 'F32':
      return Array.from(new Float32Array(buffer));
    case 'I64':
      return Array.from(new BigInt64Array(buffer), Number);
    default:
      throw new Error(`No reader for ${dtype}`);
  }
}

/** The largest absolute difference; infinity where the lengths differ or a value is not a number. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
