import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../errors.js';

/** Name of the file that maps tensors to shards, where a checkpoint has several. */
export const shardIndexName = 'model.safetensors.index.json';

/** Name of the weights of a checkpoint that has one file. */
export const singleShardName = 'model.safetensors';

const requiredFiles = ['config.json', 'tokenizer.json'];

const optionalFiles = [
  'tokenizer_config.json',
  'generation_config.json',
  'chat_template.jinja',
  'chat_template.json',
  'preprocessor_config.json',
  'video_preprocessor_config.json',
  'processor_config.json',
];

const shardIndexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Shard names of `model.safetensors.index.json`, each once. Names that leave the folder are refused. */
export function parseShardIndex(json: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new EngineError('checkpoint-corrupt', `${shardIndexName} is not JSON. Fetch it again.`, { cause });
  }
  const index = shardIndexSchema.safeParse(parsed);
  if (!index.success) {
    throw new EngineError('checkpoint-corrupt', `${shardIndexName} has no weight_map. Fetch it again.`);
  }
  const names = [...new Set(Object.values(index.data.weight_map))].sort();
  const strange = names.find((name) => !/^[\w][\w.-]*\.safetensors$/.test(name));
  if (strange !== undefined) {
    throw new EngineError(
      'checkpoint-corrupt',
      `${shardIndexName} names a file that is no shard: ${strange}`,
    );
  }
  return names;
}

/**
 * Of the names that a repository or folder has, those that a checkpoint of this engine consists of, weights left
 * out: they follow from {@link shardIndexName} or {@link singleShardName}.
 * @throws EngineError `checkpoint-missing` names the first required file that is not there.
 */
export function smallCheckpointFiles(available: ReadonlySet<string>, where: string): string[] {
  for (const name of requiredFiles) requireFile(name, available, where);
  return [...requiredFiles, ...optionalFiles].filter((name) => available.has(name));
}

/** Reads the small files of a checkpoint that are there, by name. */
export async function readSmallFiles(folder: string): Promise<Map<string, string>> {
  const names = smallCheckpointFiles(new Set(await readdir(folder)), folder);
  const entries = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const);
  return new Map(await Promise.all(entries));
}

/** @throws EngineError `checkpoint-missing` unless `available` has `name`. */
export function requireFile(name: string, available: ReadonlySet<string>, where: string): void {
  if (available.has(name)) return;
  throw new EngineError(
    'checkpoint-missing',
    `${where} has no ${name}. A Qwen3-VL checkpoint in Hugging Face layout is needed.`,
  );
}
