import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import type { LoadRequest } from '../loading/load-request.js';
import { ComputeProcess } from './compute-process.js';
import type { Compute } from './compute.js';
import { spawnThread } from './spawn-thread.js';

/** Starts what computes for a request: a process where the native runtime may come into use, else a thread. */
export function spawnCompute({ runtime, device }: Pick<LoadRequest, 'runtime' | 'device'>): Compute {
  return runtime !== 'stock' && device === 'cpu' && hasKoffi() ? spawnProcess() : spawnWorker();
}

function hasKoffi(): boolean {
  try {
    createRequire(import.meta.url).resolve('koffi');
    return process.platform === 'linux';
  } catch {
    return false;
  }
}

/** Starts the compute process. */
export function spawnProcess(): ComputeProcess {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new ComputeProcess(new URL(`./engine-process.${extension}`, import.meta.url));
}

/** Starts the compute thread. */
export function spawnWorker(): Worker {
  return spawnThread('qwenvl-engine', new URL('./engine-worker.js', import.meta.url));
}
