import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { exportCheckpoint, type ExportManifest, type Precision } from '@qwenvl/exporter';
import { z } from 'zod';
import { goldenTensors } from './golden-files.js';

/** Folder of the reference's small random checkpoint and its expected values. */
export const modelSmall = fileURLToPath(new URL('../../../exporter/fixtures/model_small', import.meta.url));

/** Folder of the reference's checkpoint with the real vocabulary; not part of the repository. */
export const modelFull = fileURLToPath(new URL('../../../../../shared/golden/model_full', import.meta.url));

const ids = z.array(z.int());
const gridRow = z.tuple([z.int(), z.int(), z.int()]);

const messageSchema = z.object({
  role: z.literal('user'),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]),
});

const caseSchema = z.object({
  input_ids: ids,
  rope_delta: z.int(),
  image_grid_thw: z.array(gridRow).optional(),
  video_grid_thw: z.array(gridRow).optional(),
  greedy32: z.object({ tokens: ids, logprobs: z.array(z.number()), top1_top2_margin: z.array(z.number()) }),
  'greedy32_repetition_penalty_1.3': z.object({ tokens: ids, min_margin: z.number() }),
  messages: z.array(messageSchema).optional(),
});

const expectedSchema = z.object({
  cases: z.record(z.string(), caseSchema),
  continuation: z.record(
    z.string(),
    z.object({ prompt_case: z.string(), generated: ids, appended: ids, argmax_each: ids }),
  ),
  left_padded_batch: z.object({ rows: z.array(z.string()) }),
});

export type GoldenCase = z.infer<typeof caseSchema>;

/** The expected values of a reference checkpoint. */
export function readExpected(folder: string): z.infer<typeof expectedSchema> {
  return expectedSchema.parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));
}

/** Tensors of one case by name. */
export type GoldenTensors = ReturnType<typeof goldenTensors>;

export function readTensors(folder: string, name: string): GoldenTensors {
  return goldenTensors(pathToFileURL(join(folder, `${name}.safetensors`)));
}

/** Float tensor `name`. */
export function floatsOf(tensors: GoldenTensors, name: string): Float32Array {
  return new Float32Array(tensors(name).bytes.buffer);
}

/** Exports a checkpoint to a new temporary folder. */
export async function exportToTemporary(
  source: string,
  precision: Precision,
): Promise<{ graphs: string; manifest: ExportManifest }> {
  const graphs = join(await mkdtemp(join(tmpdir(), 'qwenvl-export-')), precision);
  return {
    graphs,
    manifest: await exportCheckpoint({ source, target: graphs, precision, int8Prefill: true }),
  };
}
