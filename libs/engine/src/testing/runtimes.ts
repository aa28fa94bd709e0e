import type { Compute } from '../worker/compute.js';
import { spawnProcess, spawnWorker } from '../worker/spawn-worker.js';

/** A runtime, and how what computes with it is started. */
interface RuntimeCase {
  readonly runtime: 'native' | 'stock';
  readonly spawn: () => Compute;
}

const stock: RuntimeCase = { runtime: 'stock', spawn: spawnWorker };
const native: RuntimeCase = { runtime: 'native', spawn: spawnProcess };

/** Every runtime that there is on this machine, to run the same tests on. */
export const runtimes = process.platform === 'linux' ? [stock, native] : [stock];
