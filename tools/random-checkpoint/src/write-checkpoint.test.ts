import { exportCheckpoint } from '@qwenvl/exporter';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measureExport } from './measure-export.js';
import { configOf, SHAPES } from './shapes.js';
import { writeCheckpoint } from './write-checkpoint.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-random-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(name: string, options: { seed?: number; shardBytes?: number; files?: string } = {}) {
  const out = join(folder, name);
  const config = configOf(SHAPES['tiny']!, 500);
  await writeCheckpoint({
    folder: out,
    config,
    seed: 1,
    shardBytes: 1e9,
    onProgress: () => undefined,
    ...options,
  });
  return out;
}

describe('writeCheckpoint', () => {
  it('draws the same weights from the same seed only', async () => {
    const read = async (out: string) => readFile(join(out, 'model.safetensors'));
    const first = await read(await write('a', { seed: 7 }));
    expect(first.equals(await read(await write('b', { seed: 7 })))).toBe(true);
    expect(first.equals(await read(await write('c', { seed: 8 })))).toBe(false);
  });

  it('writes shards that the exporter takes, whatever their number', async () => {
    const out = await write('sharded', { shardBytes: 300_000 });
    const shards = (await readdir(out)).filter((name) => name.endsWith('.safetensors'));
    expect(shards.length).toBeGreaterThan(3);
    const whole = await write('whole');
    const target = join(folder, 'onnx');
    await exportCheckpoint({ source: out, target, precision: 'q4' });
    await exportCheckpoint({ source: whole, target: `${target}-whole`, precision: 'q4' });
    const data = await readFile(join(target, 'decoder.onnx.data'));
    expect(data.equals(await readFile(join(`${target}-whole`, 'decoder.onnx.data')))).toBe(true);
  });

  it('copies the tokenizer and its companions, and nothing else', async () => {
    const files = join(folder, 'files');
    await write('files');
    for (const name of ['tokenizer.json', 'chat_template.jinja', 'notes.txt']) {
      await writeFile(join(files, name), name);
    }
    const out = await write('out', { files });
    expect(await readFile(join(out, 'tokenizer.json'), 'utf8')).toBe('tokenizer.json');
    expect((await readdir(out)).sort()).toEqual([
      'chat_template.jinja',
      'config.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
  });
});

describe('measureExport', () => {
  it('reports time, memory and sizes', async () => {
    const source = await write('source');
    const target = join(folder, 'onnx');
    const request = {
      source,
      target,
      precision: 'q4',
      blockSize: 32,
      int8Prefill: true,
      onProgress: () => undefined,
    } as const;
    const report = await measureExport(request);
    expect(report).toMatch(/q4, block 32[^]*time +[\d.]+ s[^]*peak RSS +[\d.]+ MB[^]*decoder\.onnx\.data/);
    expect((await stat(join(target, 'manifest.json'))).isFile()).toBe(true);
  });
});
