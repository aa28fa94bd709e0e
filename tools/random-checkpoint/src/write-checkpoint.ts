import { listWeights, parseCheckpointConfig, type CheckpointWeight } from '@qwenvl/exporter';
import { copyFile, mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RandomWeights } from './random-weights.js';

/** Elements drawn and written at a time. */
const CHUNK_ELEMENTS = 4 * 1024 * 1024;

/** Files that a checkpoint's folder holds besides weights and config. */
const COMPANIONS =
  /^(tokenizer.*\.json|vocab\.json|merges\.txt|chat_template\.(jinja|json)|generation_config\.json|(video_)?preprocessor_config\.json)$/;

/** What to write. */
export interface CheckpointRequest {
  readonly folder: string;
  /** Contents of `config.json`. */
  readonly config: object;
  readonly seed: number;
  /** A new shard begins where this many bytes would be passed. */
  readonly shardBytes: number;
  /** Folder from which the tokenizer and its companions are copied. */
  readonly files?: string | undefined;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

/** Writes a checkpoint of random bf16 weights in Hugging Face layout, streaming. */
export async function writeCheckpoint(request: CheckpointRequest): Promise<void> {
  const { folder, config, seed, files } = request;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  if (files !== undefined) await copyCompanions(files, folder);
  const shards = splitInShards(listWeights(parseCheckpointConfig(config)), request.shardBytes);
  const totalBytes = shards.flat().reduce((sum, weight) => sum + bytesOf(weight), 0);
  const random = new RandomWeights(seed);
  const weightMap: Record<string, string> = {};
  let doneBytes = 0;
  for (const [index, weights] of shards.entries()) {
    const file = shardName(index, shards.length);
    for (const { name } of weights) weightMap[name] = file;
    await writeShard(join(folder, file), weights, random, (bytes) => {
      doneBytes += bytes;
      request.onProgress(doneBytes, totalBytes);
    });
  }
  if (shards.length === 1) return;
  const indexFile = { metadata: { total_size: totalBytes }, weight_map: weightMap };
  await writeFile(join(folder, 'model.safetensors.index.json'), `${JSON.stringify(indexFile, null, 2)}\n`);
}

async function copyCompanions(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (COMPANIONS.test(name)) await copyFile(join(from, name), join(to, name));
  }
}

function splitInShards(weights: readonly CheckpointWeight[], shardBytes: number): CheckpointWeight[][] {
  const shards: CheckpointWeight[][] = [[]];
  let bytes = 0;
  for (const weight of weights) {
    if (bytes > 0 && bytes + bytesOf(weight) > shardBytes) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)?.push(weight);
    bytes += bytesOf(weight);
  }
  return shards;
}

function shardName(index: number, count: number): string {
  const pad = (value: number): string => String(value).padStart(5, '0');
  return count === 1 ? 'model.safetensors' : `model-${pad(index + 1)}-of-${pad(count)}.safetensors`;
}

async function writeShard(
  path: string,
  weights: readonly CheckpointWeight[],
  random: RandomWeights,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(encodeHeader(weights));
    for (const weight of weights) {
      for (let left = elementsOf(weight); left > 0; left -= CHUNK_ELEMENTS) {
        const chunk = new Uint16Array(Math.min(left, CHUNK_ELEMENTS));
        random.fill(chunk, ...distributionOf(weight));
        await file.writeFile(new Uint8Array(chunk.buffer));
        onBytes(chunk.byteLength);
      }
    }
  } finally {
    await file.close();
  }
}

function encodeHeader(weights: readonly CheckpointWeight[]): Uint8Array {
  const header: Record<string, object> = {};
  let offset = 0;
  for (const weight of weights) {
    const end = offset + bytesOf(weight);
    header[weight.name] = { dtype: 'BF16', shape: weight.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.byteLength));
  return Buffer.concat([length, text]);
}

/** Mean and deviation that keep activations of a sensible size: norms near 1, biases near 0, rows of unit length. */
function distributionOf({ name, shape }: CheckpointWeight): [number, number] {
  if (shape.length > 1) return [0, shape.slice(1).reduce((product, axis) => product * axis, 1) ** -0.5];
  return name.endsWith('.bias') ? [0, 0.02] : [1, 0.02];
}

function elementsOf({ shape }: CheckpointWeight): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

function bytesOf(weight: CheckpointWeight): number {
  return elementsOf(weight) * 2;
}
