import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Engine, loadEngine } from './engine.js';
import { FakeHub } from './testing/fake-hub.js';
import { writeSmallCheckpoint } from './testing/small-checkpoint.js';
import type { GenerateEvent, GenerateRequest } from './types.js';
import { runtimes } from './testing/runtimes.js';
import type { Compute } from './worker/compute.js';
import { smallRequest } from './worker/testing/load-request.js';

let home: string;
let checkpoint: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'qwenvl-home-'));
  checkpoint = await writeSmallCheckpoint();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
  await rm(checkpoint, { recursive: true });
});

const request: GenerateRequest = {
  messages: [{ role: 'user', content: 'Halo' }],
  maxTokens: 5,
  sampling: { temperature: 0 },
};

async function answer(engine: Engine): Promise<number[]> {
  const ids: number[] = [];
  for await (const event of engine.generate(request)) if (event.type === 'token') ids.push(event.id);
  return ids;
}

test('a model comes from the hub into the cache, is exported beside its revision, and then needs no hub', async () => {
  const names = await readdir(checkpoint);
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(checkpoint, name))] as const),
  );
  const hub = new FakeHub('acme/small-vl', new Map(files));
  vi.stubEnv('HF_ENDPOINT', await hub.start());
  vi.stubEnv('HF_HOME', home);
  const stages = new Set<string>();
  const engine = await loadEngine({
    model: 'acme/small-vl',
    threads: 1,
    onProgress: ({ stage }) => stages.add(stage),
  });
  expect(stages).toEqual(new Set(['download', 'export', 'checksum', 'start']));
  expect(engine.info).toMatchObject({ model: 'acme/small-vl', revision: hub.commit, precision: 'fp32' });
  const ids = await answer(engine);
  await engine.close();
  await hub.stop();

  const repository = join(home, 'hub/models--acme--small-vl');
  expect(existsSync(join(repository, 'qwenvl-exports', hub.commit, 'fp32/manifest.json'))).toBe(true);
  stages.clear();
  const offline = await loadEngine({
    model: 'acme/small-vl',
    threads: 1,
    offline: true,
    onProgress: ({ stage }) => stages.add(stage),
  });
  expect(stages).toEqual(new Set(['start']));
  expect(await answer(offline)).toEqual(ids);
  await offline.close();
});

test('each precision has an export of its own, made anew when the weights change', async () => {
  const load = async (precision: 'q4' | 'q8' | 'fp16'): Promise<{ ids: number[]; exported: boolean }> => {
    let exported = false;
    const onProgress = ({ stage }: { stage: string }): void => {
      exported ||= stage === 'export';
    };
    const engine = await loadEngine({ model: checkpoint, cacheDir: home, precision, threads: 1, onProgress });
    expect(engine.info.precision).toBe(precision);
    expect(engine.info.prefillWeights).toBe('shared');
    const ids = await answer(engine);
    await engine.close();
    return { ids, exported };
  };
  for (const precision of ['q4', 'q8', 'fp16'] as const) {
    const { ids, exported } = await load(precision);
    expect(ids).toHaveLength(5);
    expect(exported).toBe(true);
  }
  expect((await load('q4')).exported).toBe(false);
  const weights = join(checkpoint, 'model.safetensors');
  await writeFile(weights, await readFile(weights));
  const bytes = await readFile(weights);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(weights, bytes);
  expect((await load('q4')).exported).toBe(true);
});

test('an exact replay repeats a quantised run to the last bit', async () => {
  const engine = await loadEngine({ model: checkpoint, cacheDir: home, precision: 'q4', threads: 1 });
  const seeded = { ...request, maxTokens: 40, sampling: { temperature: 1, seed: 3 }, topLogprobs: 3 };
  const collect = async (more: Partial<GenerateRequest>): Promise<GenerateEvent[]> => {
    const events: GenerateEvent[] = [];
    for await (const event of engine.generate({ ...seeded, ...more })) {
      // What of the prompt was known from the first run is the one thing that differs.
      events.push(event.type === 'finish' ? { ...event, usage: { ...event.usage, cachedTokens: 0 } } : event);
    }
    return events;
  };
  const whole = await collect({});
  const ids = whole.flatMap((event) => (event.type === 'token' ? [event.id] : []));
  for (const count of [1, 20, 39]) {
    expect(await collect({ continueFrom: ids.slice(0, count), replay: 'exact' })).toEqual(whole);
  }
  await engine.close();
});

test.each(runtimes)(
  'after its $runtime compute has died the engine serves the next request with a new one',
  async ({ runtime, spawn }) => {
    const workers: Compute[] = [];
    const engine = await Engine.load(smallRequest(checkpoint, home, { runtime, limits: {} }), {}, () => {
      const worker = spawn();
      workers.push(worker);
      return worker;
    });
    const ids = await answer(engine);
    await workers[0]?.terminate();
    const [first, second] = await Promise.all([answer(engine), answer(engine)]);
    expect([first, second]).toEqual([ids, ids]);
    expect(workers).toHaveLength(2);
    await engine.close();
  },
);

test('8-bit weights for prompts are refused for other processors before anything is exported', async () => {
  const failed = loadEngine({ model: checkpoint, cacheDir: home, prefillWeights: 'int8', device: 'cuda' });
  await expect(failed).rejects.toMatchObject({ code: 'invalid-request' });
});

test('a cache that cannot be written to is one clear error', async () => {
  const file = join(home, 'file');
  await writeFile(file, '');
  const failed = loadEngine({ model: checkpoint, cacheDir: join(file, 'below'), threads: 1 });
  await expect(failed).rejects.toMatchObject({ code: 'not-writable' });
});

test('a local folder is never written to, and its exports are told apart by its path', async () => {
  const before = await readdir(checkpoint);
  const engine = await loadEngine({ model: checkpoint, cacheDir: home, threads: 1 });
  await engine.close();
  expect(await readdir(checkpoint)).toEqual(before);
  const [name = ''] = await readdir(join(home, 'qwenvl-exports'));
  expect(name).toContain(createHash('sha256').update(checkpoint).digest('hex').slice(0, 12));
});
