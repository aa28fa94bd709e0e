import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSafetensors, withLength, type Tensors } from '../testing/write-safetensors.js';
import { CheckpointReader } from './checkpoint-reader.js';

const FIRST: Tensors = new Map([
  ['a', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ['b', { shape: [2], data: Float32Array.of(7, 8) }],
]);
const SECOND: Tensors = new Map([['c', { shape: [1], data: Float32Array.of(9) }]]);
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-reader-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function writeTwoShards(): Promise<void> {
  await writeSafetensors(join(folder, SHARDS[0]), FIRST, 'F32');
  await writeSafetensors(join(folder, SHARDS[1]), SECOND, 'F32');
  const weight_map = { a: SHARDS[0], b: SHARDS[0], c: SHARDS[1] };
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
}

async function openError(): Promise<unknown> {
  return CheckpointReader.open(folder).then(
    () => 'opened',
    (error: unknown) => error,
  );
}

describe('CheckpointReader', () => {
  it('reads any range of a tensor from a single file', async () => {
    await writeSafetensors(join(folder, 'model.safetensors'), FIRST, 'F32');
    const reader = await CheckpointReader.open(folder);
    const bytes = new Uint8Array(12);
    await reader.read(reader.tensor('a', [2, 3]), 2, bytes);
    expect([...new Float32Array(bytes.buffer)]).toEqual([3, 4, 5]);
    await reader.close();
  });

  it('reads from several shards', async () => {
    await writeTwoShards();
    const reader = await CheckpointReader.open(folder);
    expect(reader.files).toEqual(['model.safetensors.index.json', ...SHARDS]);
    const bytes = new Uint8Array(4);
    await reader.read(reader.tensor('c', [1]), 0, bytes);
    expect(new Float32Array(bytes.buffer)[0]).toBe(9);
    await reader.close();
  });

  it('never reads beyond a tensor', async () => {
    await writeSafetensors(join(folder, 'model.safetensors'), FIRST, 'F32');
    const reader = await CheckpointReader.open(folder);
    await expect(reader.read(reader.tensor('b', [2]), 1, new Uint8Array(8))).rejects.toThrow(RangeError);
    await reader.close();
  });

  it('names the shard that is missing', async () => {
    await writeTwoShards();
    await rm(join(folder, SHARDS[1]));
    expect(await openError()).toMatchObject({
      code: 'missing-file',
      message: expect.stringContaining(SHARDS[1]) as string,
    });
  });

  it('finds a folder without weights', async () => {
    expect(await openError()).toMatchObject({ code: 'missing-file' });
  });

  it('finds a shard that is cut short, before reading any weight', async () => {
    await writeTwoShards();
    const { byteLength } = await readFile(join(folder, SHARDS[0]));
    for (const length of [byteLength - 1, 20, 8, 3, 0]) {
      await truncate(join(folder, SHARDS[0]), length);
      expect(await openError()).toMatchObject({ code: 'corrupt-file' });
    }
  });

  it('finds a file that changes while it is read', async () => {
    await writeSafetensors(join(folder, 'model.safetensors'), FIRST, 'F32');
    const reader = await CheckpointReader.open(folder);
    await truncate(join(folder, 'model.safetensors'), 100);
    const read = reader.read(reader.tensor('b', [2]), 0, new Uint8Array(8));
    await expect(read).rejects.toMatchObject({ code: 'corrupt-file' });
    await reader.close();
  });

  it.each(['{', '{}', '{"weight_map":{"a":"../../secret.safetensors"}}', '{"weight_map":{"a":3}}'])(
    'refuses the index %s',
    async (index) => {
      await writeFile(join(folder, 'model.safetensors.index.json'), index);
      expect(await openError()).toMatchObject({ code: 'corrupt-file' });
    },
  );

  it('tells what is wrong with a tensor', async () => {
    const header = { q: { dtype: 'I8', shape: [2], data_offsets: [0, 2] } };
    const bytes = Buffer.concat([withLength(JSON.stringify(header)), Buffer.alloc(2)]);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'model.safetensors'), bytes);
    const reader = await CheckpointReader.open(folder);
    const failure = (code: string): unknown => expect.objectContaining({ code });
    expect(() => reader.tensor('q', [2])).toThrow(failure('unsupported-checkpoint'));
    expect(() => reader.tensor('r', [2])).toThrow(failure('missing-tensor'));
    await reader.close();
  });

  it('refuses a tensor of another shape than the config calls for', async () => {
    await writeSafetensors(join(folder, 'model.safetensors'), FIRST, 'F32');
    const reader = await CheckpointReader.open(folder);
    expect(() => reader.tensor('a', [3, 2])).toThrow(/\[2, 3\].*\[3, 2\]/);
    expect(() => reader.tensor('a', [6])).toThrow(expect.objectContaining({ code: 'corrupt-file' }));
    await reader.close();
  });
});
