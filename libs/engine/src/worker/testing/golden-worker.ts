import { parseCheckpointConfig, type CheckpointConfig } from '@qwenvl/exporter';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrefillWeights } from '../../loading/prefill-weights.js';
import type { runtimes } from '../../testing/runtimes.js';
import { WorkerClient } from '../worker-client.js';
import { smallRequest } from './load-request.js';

/** A golden model in a worker: `write` makes its checkpoint, `folder` has its reference data. */
export interface GoldenModel extends Pick<(typeof runtimes)[number], 'runtime' | 'spawn'> {
  readonly folder: string;
  readonly write: () => Promise<string>;
  readonly prefillChunk: number;
  readonly prefillWeights: PrefillWeights;
}

/** Loads a golden model in 32 bits on one thread, from folders that `close` removes. */
export async function openGoldenWorker({
  folder,
  write,
  prefillChunk,
  prefillWeights,
  runtime,
  spawn,
}: GoldenModel): Promise<{ client: WorkerClient; config: CheckpointConfig; close: () => Promise<void> }> {
  const model = await write();
  const cacheDir = await mkdtemp(join(tmpdir(), 'qwenvl-cache-'));
  const config = parseCheckpointConfig(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
  const request = smallRequest(model, cacheDir, { runtime, limits: { prefillChunk } });
  const { client } = await WorkerClient.load(
    spawn(),
    { ...request, prefillWeights, contextLength: 4096 },
    {},
  );
  const close = async (): Promise<void> => {
    await client.close();
    await rm(model, { recursive: true });
    await rm(cacheDir, { recursive: true });
  };
  return { client, config, close };
}
