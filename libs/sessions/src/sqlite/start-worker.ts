import { Worker } from 'node:worker_threads';
import type { DatabaseSettings } from './protocol.js';

/**
 * Starts the thread of `worker.ts`. From source (tests, tsx) a small script registers tsx in the thread first:
 * Node 20 does not apply a loader given with `--import` to a worker's own entry file.
 */
export function startWorker(workerData: DatabaseSettings): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./worker.js', import.meta.url), { workerData });
  const entry = JSON.stringify(new URL('./worker.ts', import.meta.url));
  const script = `import('tsx/esm/api').then(({ register }) => { register(); return import(${entry}); });`;
  return new Worker(script, { eval: true, workerData });
}
