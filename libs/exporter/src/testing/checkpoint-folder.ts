import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODEL_SMALL, readGolden } from './golden.js';
import { writeSafetensors, type Tensors } from './write-safetensors.js';

/** Weights of the small reference checkpoint. */
export const smallWeights: Tensors = readGolden('model');

/** What to change in the small reference checkpoint. */
export interface CheckpointVariant {
  readonly weights?: Tensors;
  readonly dtype?: 'F32' | 'F16' | 'BF16';
  readonly shards?: number;
  readonly tied?: boolean;
}

/** Writes a variant of the small reference checkpoint into a new temporary folder. */
export async function makeCheckpoint(variant: CheckpointVariant = {}): Promise<string> {
  const { weights = smallWeights, dtype = 'F32', shards = 1, tied = false } = variant;
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-checkpoint-'));
  const config = JSON.parse(await readFile(join(MODEL_SMALL, 'config.json'), 'utf8')) as object;
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, tie_word_embeddings: tied }));
  if (shards === 1) {
    await writeSafetensors(join(folder, 'model.safetensors'), weights, dtype);
    return folder;
  }
  const weight_map: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const file = `model-0000${shard + 1}-of-0000${shards}.safetensors`;
    const part = new Map([...weights].filter((_, index) => index % shards === shard));
    for (const name of part.keys()) weight_map[name] = file;
    await writeSafetensors(join(folder, file), part, dtype);
  }
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
  return folder;
}
