import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseShardIndex } from './checkpoint-files.js';
import { checkLocalCheckpoint } from './local-checkpoint.js';

test('shard names come once each and may not leave the folder', () => {
  const index = (name: string): string => JSON.stringify({ weight_map: { a: name, b: name } });
  expect(parseShardIndex(index('model-00001-of-00002.safetensors'))).toEqual([
    'model-00001-of-00002.safetensors',
  ]);
  for (const name of [
    '../up.safetensors',
    '/abs.safetensors',
    'sub/x.safetensors',
    'x.bin',
    '.safetensors',
  ]) {
    expect(() => parseShardIndex(index(name)), name).toThrow(
      expect.objectContaining({ code: 'checkpoint-corrupt' }),
    );
  }
  for (const text of ['', '{}', '[]', '{"weight_map":{"a":1}}']) {
    expect(() => parseShardIndex(text), text).toThrow(
      expect.objectContaining({ code: 'checkpoint-corrupt' }),
    );
  }
});

test('a local folder is checked file by file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-local-'));
  const missing = async (name: string): Promise<void> => {
    await expect(checkLocalCheckpoint(folder)).rejects.toMatchObject({
      code: 'checkpoint-missing',
      message: expect.stringContaining(name) as string,
    });
  };
  try {
    for (const name of ['config.json', 'tokenizer.json']) {
      await missing(name);
      await writeFile(join(folder, name), '{}');
    }
    await missing('model.safetensors');
    await writeFile(
      join(folder, 'model.safetensors.index.json'),
      '{"weight_map":{"a":"part-1.safetensors"}}',
    );
    await missing('part-1.safetensors');
    await writeFile(join(folder, 'part-1.safetensors'), '');
    await checkLocalCheckpoint(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});
