import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EngineError } from '../errors.js';
import { FakeHub } from '../testing/fake-hub.js';
import { fetchSnapshot, type SnapshotRequest } from './fetch-snapshot.js';
import { hubSettingsFromEnvironment } from './hub-settings.js';
import type { LoadProgress } from './load-progress.js';

const shard = randomBytes(300_000);
const shardHash = createHash('sha256').update(shard).digest('hex');

const contents = new Map<string, Buffer>([
  ['config.json', Buffer.from('{"model_type":"qwen3_vl"}')],
  ['tokenizer.json', Buffer.from('{}')],
  ['tokenizer_config.json', Buffer.from('{}')],
  ['preprocessor_config.json', Buffer.from('{}')],
  ['README.md', Buffer.from('not needed')],
  [
    'model.safetensors.index.json',
    Buffer.from(
      JSON.stringify({ weight_map: { a: 'model-00001.safetensors', b: 'model-00002.safetensors' } }),
    ),
  ],
  ['model-00001.safetensors', shard],
  ['model-00002.safetensors', Buffer.from('second')],
]);

let hub: FakeHub;
let endpoint: string;
let home: string;
let env: Record<string, string>;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'qwenvl-hub-'));
  hub = new FakeHub('acme/tiny-vl', contents);
  endpoint = await hub.start();
  env = { HF_ENDPOINT: endpoint, HF_HOME: home };
});

afterEach(async () => {
  await hub.stop();
  await rm(home, { recursive: true });
});

function request(more: Partial<SnapshotRequest> = {}): SnapshotRequest {
  return {
    repo: hub.repo,
    revision: 'main',
    settings: hubSettingsFromEnvironment(env, home),
    checkConfig: () => Promise.resolve(),
    retryDelays: [1],
    ...more,
  };
}

async function failure(promise: Promise<unknown>): Promise<EngineError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!EngineError.isInstance(error)) throw new Error('expected an EngineError', { cause: error });
  return error;
}

const blobFolder = (): string => join(home, 'hub/models--acme--tiny-vl/blobs');

test('a checkpoint of several shards arrives in the standard layout, with progress that adds up', async () => {
  const seen: LoadProgress[] = [];
  const snapshot = await fetchSnapshot(request({ onProgress: (progress) => seen.push(progress) }));
  expect(snapshot.folder).toBe(join(home, 'hub/models--acme--tiny-vl/snapshots', hub.commit));
  expect((await readdir(snapshot.folder)).sort()).toEqual(
    [...contents.keys()].filter((name) => name !== 'README.md').sort(),
  );
  expect((await readFile(join(snapshot.folder, 'model-00001.safetensors'))).equals(shard)).toBe(true);
  expect(await readFile(join(home, 'hub/models--acme--tiny-vl/refs/main'), 'utf8')).toBe(hub.commit);
  expect((await readdir(blobFolder())).includes(shardHash)).toBe(true);
  expect(seen.at(-1)).toMatchObject({ stage: 'download', done: seen.at(-1)?.total });
});

test('a second load fetches nothing', async () => {
  await fetchSnapshot(request());
  const before = hub.requests.length;
  await fetchSnapshot(request());
  expect(hub.requests.length).toBe(before);
});

test('a broken transfer goes on where it ended', async () => {
  hub.faults.breakAfter = { file: 'model-00001.safetensors', bytes: 100_000 };
  const snapshot = await fetchSnapshot(request());
  expect((await readFile(join(snapshot.folder, 'model-00001.safetensors'))).equals(shard)).toBe(true);
  const offsets = hub.requests
    .filter(({ file }) => file === 'model-00001.safetensors')
    .map(({ from }) => from);
  expect(offsets).toHaveLength(2);
  expect(offsets[0]).toBe(0);
  expect(offsets[1]).toBeGreaterThan(0);
});

test('a partial file of an earlier run is taken up, and a wrong one is found out and removed', async () => {
  await mkdir(blobFolder(), { recursive: true });
  const partial = join(blobFolder(), `${shardHash}.incomplete`);
  await writeFile(partial, shard.subarray(0, 1000));
  await fetchSnapshot(request());
  expect(hub.requests).toContainEqual({ file: 'model-00001.safetensors', from: 1000 });
  await rm(home, { recursive: true });
  await mkdir(blobFolder(), { recursive: true });
  await writeFile(partial, randomBytes(1000));
  expect((await failure(fetchSnapshot(request()))).code).toBe('checkpoint-corrupt');
  expect(existsSync(partial)).toBe(false);
});

test.each(['model-00001.safetensors', 'tokenizer.json'])(
  'a damaged %s is refused and not kept',
  async (damage) => {
    hub.faults.damage = damage;
    const error = await failure(fetchSnapshot(request()));
    expect(error.code).toBe('checkpoint-corrupt');
    expect(error.message).toContain(damage);
    expect(existsSync(join(home, 'hub/models--acme--tiny-vl/refs/main'))).toBe(false);
    expect((await readdir(blobFolder())).filter((name) => name.endsWith('.incomplete'))).toEqual([]);
  },
);

test('a private model needs the token, from the variable or the token file', async () => {
  hub.faults.token = 'hf_good';
  const refused = await failure(fetchSnapshot(request()));
  expect(refused.code).toBe('hub-refused');
  expect(refused.message).toContain('HF_TOKEN');
  env['HF_TOKEN'] = 'wrong';
  expect((await failure(fetchSnapshot(request()))).code).toBe('hub-refused');
  env['HF_TOKEN'] = 'hf_good';
  await fetchSnapshot(request());
  delete env['HF_TOKEN'];
  await writeFile(join(home, 'token'), 'hf_good\n');
  await fetchSnapshot(request());
});

test('an unknown model is one clear error', async () => {
  expect((await failure(fetchSnapshot(request({ repo: 'acme/none' })))).code).toBe('checkpoint-missing');
});

test('without a hub the cache serves; without a cache the error says what to do', async () => {
  env['HF_HUB_OFFLINE'] = '1';
  expect((await failure(fetchSnapshot(request()))).code).toBe('offline');
  delete env['HF_HUB_OFFLINE'];
  await fetchSnapshot(request());
  env['HF_HUB_OFFLINE'] = 'ON';
  expect((await fetchSnapshot(request())).commit).toBe(hub.commit);
  delete env['HF_HUB_OFFLINE'];
  await hub.stop();
  expect((await fetchSnapshot(request())).commit).toBe(hub.commit);
  expect((await failure(fetchSnapshot(request({ repo: 'acme/other' })))).code).toBe('network');
  await hub.start();
});

test('an interrupted first fetch does not pass for a whole checkpoint offline', async () => {
  hub.faults.damage = 'model-00002.safetensors';
  await failure(fetchSnapshot(request()));
  env['HF_HUB_OFFLINE'] = '1';
  expect((await failure(fetchSnapshot(request()))).code).toBe('offline');
  expect((await failure(fetchSnapshot(request({ revision: hub.commit })))).code).toBe('offline');
});

test('a checkpoint of another architecture is refused before its weights are fetched', async () => {
  const checkConfig = () => Promise.reject(new EngineError('unsupported-checkpoint', 'not this one'));
  expect((await failure(fetchSnapshot(request({ checkConfig })))).code).toBe('unsupported-checkpoint');
  expect(hub.requests.map(({ file }) => file)).toEqual(['config.json']);
});

test('cancelling stops the download and leaves what came', async () => {
  const controller = new AbortController();
  const onProgress = ({ file, done }: LoadProgress): void => {
    if (file === 'model-00001.safetensors' && done > 20_000) controller.abort();
  };
  const error = await failure(fetchSnapshot(request({ signal: controller.signal, onProgress })));
  expect(error.code).toBe('cancelled');
  expect(await readdir(blobFolder())).toContain(`${shardHash}.incomplete`);
});

test.runIf(existsSync('/dev/full'))('a full disk is one clear error and leaves no partial file', async () => {
  await mkdir(blobFolder(), { recursive: true });
  await symlink('/dev/full', join(blobFolder(), `${shardHash}.incomplete`));
  expect((await failure(fetchSnapshot(request()))).code).toBe('disk-full');
  expect(await readdir(blobFolder())).not.toContain(`${shardHash}.incomplete`);
});
