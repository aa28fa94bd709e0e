import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportCheckpoint, type ExportManifest, type Precision } from '@qwenvl/exporter';
import { z } from 'zod';

/** Folder of the reference's small random checkpoint and its expected values. */
export const modelSmall = fileURLToPath(new URL('../../../exporter/fixtures/model_small', import.meta.url));

/** Folder of the reference's checkpoint with the real vocabulary; not part of the repository. */
export const modelFull = fileURLToPath(new URL('../../../../../shared/golden/model_full', import.meta.url));

const ids = z.array(z.int());
const gridRow = z.tuple([z.int(), z.int(), z.int()]);

const caseSchema = z.object({
  input_ids: ids,
  rope_delta: z.int(),
  image_grid_thw: z.array(gridRow).optional(),
  video_grid_thw: z.array(gridRow).optional(),
  greedy32: z.object({ tokens: ids, logprobs: z.array(z.number()), top1_top2_margin: z.array(z.number()) }),
  'greedy32_repetition_penalty_1.3': z.object({ tokens: ids, min_margin: z.number() }),
  frames_file: z.string().optional(),
});

const expectedSchema = z.object({
  cases: z.record(z.string(), caseSchema),
  continuation: z.record(z.string(), z.object({ prompt_case: z.string(), generated: ids, appended: ids })),
  left_padded_batch: z.object({ rows: z.array(z.string()) }),
});

export type GoldenCase = z.infer<typeof caseSchema>;

/** The expected values of a reference checkpoint. */
export function readExpected(folder: string): z.infer<typeof expectedSchema> {
  return expectedSchema.parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));
}

/** Tensors of a safetensors file by name: f32, u8 or i64 numbers. */
export type GoldenTensors = ReadonlyMap<string, Float32Array | Uint8Array | BigInt64Array>;

const headerSchema = z.record(
  z.string(),
  z.object({ dtype: z.string(), data_offsets: z.tuple([z.int(), z.int()]) }).partial(),
);

export function readTensors(folder: string, name: string): GoldenTensors {
  const bytes = readFileSync(join(folder, `${name}.safetensors`));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', 8, start)));
  const tensors = new Map<string, Float32Array | Uint8Array | BigInt64Array>();
  for (const [key, { dtype, data_offsets: offsets }] of Object.entries(header)) {
    if (!offsets) continue;
    const { buffer } = new Uint8Array(bytes.subarray(start + offsets[0], start + offsets[1]));
    if (dtype === 'F32') tensors.set(key, new Float32Array(buffer));
    if (dtype === 'U8') tensors.set(key, new Uint8Array(buffer));
    if (dtype === 'I64') tensors.set(key, new BigInt64Array(buffer));
  }
  return tensors;
}

/** Float tensor `name`; throws when the file has none. */
export function floatsOf(tensors: GoldenTensors, name: string): Float32Array {
  const data = tensors.get(name);
  if (data instanceof Float32Array) return data;
  throw new Error(`no f32 tensor ${name}`);
}

/** Exports a checkpoint to a new temporary folder. */
export async function exportToTemporary(
  source: string,
  precision: Precision,
): Promise<{ graphs: string; manifest: ExportManifest }> {
  const graphs = join(await mkdtemp(join(tmpdir(), 'qwenvl-export-')), precision);
  return { graphs, manifest: await exportCheckpoint({ source, target: graphs, precision }) };
}

/** The largest absolute difference, infinity when the lengths differ or a value is no number. */
export function maxDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  let max = 0;
  for (const [index, value] of actual.entries()) {
    const difference = Math.abs(value - (expected[index] ?? NaN));
    if (!(difference <= max)) max = Number.isNaN(difference) ? Infinity : difference;
  }
  return max;
}
