import { mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportCheckpoint } from './export-checkpoint.js';
import type { ExportProgress } from './export-request.js';
import { readManifest } from './manifest.js';
import { makeCheckpoint, smallWeights } from './testing/checkpoint-folder.js';
import { MODEL_SMALL } from './testing/golden.js';
import { roundTo } from './testing/write-safetensors.js';
import { isUpToDate } from './up-to-date.js';

let parent: string;
let target: string;
const checkpoints: string[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'qwenvl-export-'));
  target = join(parent, 'onnx');
});

afterEach(async () => {
  await rm(parent, { recursive: true });
});

afterAll(async () => {
  for (const folder of checkpoints) await rm(folder, { recursive: true });
});

async function checkpoint(...variant: Parameters<typeof makeCheckpoint>): Promise<string> {
  const folder = await makeCheckpoint(...variant);
  checkpoints.push(folder);
  return folder;
}

describe('exportCheckpoint', () => {
  it('writes three graphs, their weights and a manifest that tells all about them', async () => {
    const manifest = await exportCheckpoint({ source: MODEL_SMALL, target, precision: 'q4' });
    expect(await readManifest(target)).toEqual(manifest);
    expect(manifest).toMatchObject({
      options: { precision: 'q4', blockSize: 256 },
      sources: [{ file: 'config.json' }, { file: 'model.safetensors', bytes: 3405864 }],
      model: { text: { layers: 5, kvHeads: 2, headDim: 16 } },
    });
    for (const { file, bytes } of manifest.files) expect((await stat(join(target, file))).size).toBe(bytes);
    const written = ['manifest.json', ...manifest.files.map(({ file }) => file)];
    expect((await readdir(target)).sort()).toEqual(written.sort());
  });

  it.each(['BF16', 'F16'] as const)('reads %s shards as the numbers they hold', async (dtype) => {
    const stored = await checkpoint({ dtype, shards: 3 });
    const twin = await checkpoint({ weights: roundTo(smallWeights, dtype) });
    await exportCheckpoint({ source: stored, target, precision: 'fp32' });
    await exportCheckpoint({ source: twin, target: `${target}-twin`, precision: 'fp32' });
    for (const graph of ['vision', 'embedding', 'decoder']) {
      const [mine, other] = await Promise.all(
        [target, `${target}-twin`].map((folder) => readFile(join(folder, `${graph}.onnx.data`))),
      );
      expect(mine!.equals(other!), graph).toBe(true);
    }
  });

  it('reports progress in bytes of the checkpoint, phase by phase', async () => {
    const seen: ExportProgress[] = [];
    await exportCheckpoint({ source: MODEL_SMALL, target, precision: 'q8', onProgress: (p) => seen.push(p) });
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual([
      'vision',
      'embedding',
      'decoder',
      'checksum',
    ]);
    const done = seen.map(({ doneBytes }) => doneBytes);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(new Set(seen.map(({ totalBytes }) => totalBytes)).size).toBe(1);
    expect(done.at(-1)).toBe(seen.at(-1)!.totalBytes);
  });

  it('stops when it is aborted and leaves nothing', async () => {
    const controller = new AbortController();
    const exporting = exportCheckpoint({
      source: MODEL_SMALL,
      target,
      precision: 'q4',
      signal: controller.signal,
      onProgress: ({ phase }) => {
        if (phase === 'decoder') controller.abort();
      },
    });
    await expect(exporting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(parent)).toEqual([]);
  });

  it('finds a missing tensor before it writes anything', async () => {
    const weights = new Map([...smallWeights].filter(([name]) => !name.includes('layers.3.mlp.up_proj')));
    const source = await checkpoint({ weights });
    const exporting = exportCheckpoint({ source, target, precision: 'q4' });
    await expect(exporting).rejects.toMatchObject({
      code: 'missing-tensor',
      message: expect.stringContaining('layers.3.mlp.up_proj.weight') as string,
    });
    expect(await readdir(parent)).toEqual([]);
  });

  it.each([
    ['a folder that is not there', '/nowhere', 'q4', 64, 'missing-file'],
    ['an unknown precision', MODEL_SMALL, 'q3', 64, 'invalid-option'],
    ['an unknown block size', MODEL_SMALL, 'q4', 48, 'invalid-option'],
  ])('refuses %s', async (_, source, precision, blockSize, code) => {
    const request = { source, target, precision: precision as 'q4', blockSize: blockSize as 64 };
    await expect(exportCheckpoint(request)).rejects.toMatchObject({ code });
    expect(await readdir(parent)).toEqual([]);
  });

  it('refuses a config that is not JSON', async () => {
    const source = await checkpoint();
    await writeFile(join(source, 'config.json'), '{');
    const exporting = exportCheckpoint({ source, target, precision: 'q4' });
    await expect(exporting).rejects.toMatchObject({ code: 'corrupt-file' });
  });
});

describe('an export that is there already', () => {
  it('is kept while nothing has changed', async () => {
    const request = { source: MODEL_SMALL, target, precision: 'q4' } as const;
    expect(await isUpToDate(request)).toBe(false);
    const first = await exportCheckpoint(request);
    expect(await isUpToDate(request)).toBe(true);
    expect(await exportCheckpoint(request)).toEqual(first);
  });

  it('is out of date for other options', async () => {
    const request = { source: MODEL_SMALL, target, precision: 'q4' } as const;
    await exportCheckpoint(request);
    expect(await isUpToDate({ ...request, blockSize: 32 })).toBe(false);
    expect(await isUpToDate({ ...request, precision: 'q8' })).toBe(false);
    expect(await exportCheckpoint({ ...request, blockSize: 32 })).toMatchObject({
      options: { blockSize: 32 },
    });
  });

  it('is made anew for a prefill graph, and then serves without one as well', async () => {
    const request = { source: MODEL_SMALL, target, precision: 'q4' } as const;
    await exportCheckpoint(request);
    const withPrefill = { ...request, int8Prefill: true };
    expect(await isUpToDate(withPrefill)).toBe(false);
    const manifest = await exportCheckpoint(withPrefill);
    expect(manifest.files.map(({ file }) => file)).toContain('prefill.onnx.data');
    expect(await isUpToDate(withPrefill)).toBe(true);
    expect(await exportCheckpoint(request)).toEqual(manifest);
  });

  it('survives a new date on the same weights, but not other weights of the same size', async () => {
    const source = await checkpoint();
    const request = { source, target, precision: 'q4' } as const;
    await exportCheckpoint(request);
    const path = join(source, 'model.safetensors');
    await utimes(path, new Date(), new Date(2001, 1, 1));
    expect(await isUpToDate(request)).toBe(true);
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.byteLength - 1) ^ 1, bytes.byteLength - 1);
    await writeFile(path, bytes);
    expect(await isUpToDate(request)).toBe(false);
  });

  it('is made anew when one of its files is damaged, or its manifest, or its exporter was another', async () => {
    const request = { source: MODEL_SMALL, target, precision: 'q4' } as const;
    await exportCheckpoint(request);
    await truncate(join(target, 'decoder.onnx.data'), 100);
    expect(await isUpToDate(request)).toBe(false);
    const manifest = await exportCheckpoint(request);
    const older = { ...manifest, exporter: { ...manifest.exporter, version: '0' } };
    await writeFile(join(target, 'manifest.json'), JSON.stringify(older));
    expect(await isUpToDate(request)).toBe(false);
    await writeFile(join(target, 'manifest.json'), '{}');
    await expect(readManifest(target)).rejects.toMatchObject({ code: 'invalid-manifest' });
    expect(await isUpToDate(request)).toBe(false);
    await exportCheckpoint(request);
    expect(await isUpToDate(request)).toBe(true);
  });
});
