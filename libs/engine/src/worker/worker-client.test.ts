import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoadRequest } from '../loading/load-request.js';
import { runtimes } from '../testing/runtimes.js';
import { writeSmallCheckpoint } from '../testing/small-checkpoint.js';
import type { GenerateEvent } from '../types.js';
import type { Compute } from './compute.js';
import type { WorkerRequest } from './protocol.js';
import { spawnProcess } from './spawn-worker.js';
import { smallRequest } from './testing/load-request.js';
import { WorkerClient } from './worker-client.js';

describe.each(runtimes)('with the $runtime runtime', ({ runtime, spawn }) => {
  let request: LoadRequest;
  let cacheDir: string;

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'qwenvl-cache-'));
    request = smallRequest(await writeSmallCheckpoint(), cacheDir, {
      runtime,
      limits: { maxSequences: 1, maxQueued: 1 },
    });
  });

  afterAll(async () => {
    await rm(request.model, { recursive: true });
    await rm(cacheDir, { recursive: true });
  });

  const endless = { messages: [{ role: 'user' as const, content: 'Halo' }], maxTokens: 200_000 };

  async function loaded(worker = spawn()): Promise<{ client: WorkerClient; worker: Compute }> {
    return { worker, ...(await WorkerClient.load(worker, request, {})) };
  }

  /** Takes what has come already; then the generation fails. */
  async function drain(running: AsyncIterable<GenerateEvent>): Promise<void> {
    for await (const event of running) expect(event.type).not.toBe('finish');
  }

  test('a process that dies fails what it was doing, by name, and is known to be dead', async () => {
    // Not a thread: one that is ended within native code takes this process along.
    const { client, worker } = await loaded(spawnProcess());
    const running = client.generate(endless);
    await running.next();
    const question = client.ask({ type: 'tokenize', text: 'Halo' });
    await question;
    await worker.terminate();
    await expect(drain(running)).rejects.toMatchObject({ code: 'worker-crashed' });
    expect(client.alive).toBe(false);
    await expect(client.generate(endless).next()).rejects.toMatchObject({ code: 'worker-crashed' });
    await expect(client.ask({ type: 'tokenize', text: 'x' })).rejects.toMatchObject({
      code: 'worker-crashed',
    });
    await client.close();
  });

  test('as many requests wait as allowed, and one more is refused', async () => {
    const { client } = await loaded();
    const first = client.generate(endless);
    await first.next();
    const second = client.generate(endless);
    await second.next();
    await expect(client.generate(endless).next()).rejects.toMatchObject({ code: 'queue-full' });
    await first.return();
    const third = client.generate({ ...endless, maxTokens: 1 });
    await second.return();
    const types: string[] = [];
    for await (const { type } of third) types.push(type);
    expect(types).toEqual(['start', 'token', 'finish']);
    await client.close();
  });

  test('what was cancelled before it began computes nothing, however late messages come', async () => {
    const worker = spawn();
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message: WorkerRequest, transfer) => {
      if (message.type !== 'cancel') post(message, transfer);
    };
    const { client } = await loaded(worker);
    const types: string[] = [];
    for await (const event of client.generate({ ...endless, maxTokens: 1 }, AbortSignal.abort()))
      types.push(event.type === 'finish' ? event.reason : event.type);
    expect(types).toEqual(['start', 'cancelled']);
    await client.close();
  });

  test('closing stops what runs, frees the graphs and lets the thread end by itself', async () => {
    const { client, worker } = await loaded();
    const code = new Promise((resolve) => worker.once('exit', resolve));
    const running = client.generate(endless);
    await running.next();
    await client.close();
    await expect(drain(running)).rejects.toMatchObject({ code: 'closed' });
    expect(await code).toBe(0); // 1 would tell that it was ended by force
  });

  test('cancelling while a checkpoint loads ends the thread', async () => {
    const controller = new AbortController();
    const loading = WorkerClient.load(spawn(), request, { signal: controller.signal });
    controller.abort();
    await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
  });
});
