import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { DatabaseSettings } from './protocol.js';

/**
 * Starts the thread of `worker.ts`. From source (tests, tsx) a small script registers tsx in the thread first:
 * Node 20 does not apply a loader given with `--import` to a worker's own entry file. As CommonJS, since tsx's
 * hooks for modules make the start three times as slow.
 */
export function startWorker(workerData: DatabaseSettings): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./worker.js', import.meta.url), { workerData });
  const entry = JSON.stringify(fileURLToPath(new URL('./worker.ts', import.meta.url)));
  const tsx = JSON.stringify(createRequire(import.meta.url).resolve('tsx/cjs/api'));
  return new Worker(`require(${tsx}).register(); require(${entry});`, { eval: true, workerData });
}
