import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a sibling module, be it compiled (`.js`) or run from source (`.ts`, through tsx).
 *
 * @param base `import.meta.url` of the caller.
 * @param name the worker's module without its extension, `./image-worker`.
 */
export function startWorker(base: string, name: string, options: WorkerOptions = {}): Worker {
  const isSource = base.endsWith('.ts');
  const execArgv = isSource ? ['--import', 'tsx', '--conditions=@qwenvl/source'] : [];
  return new Worker(new URL(`${name}${isSource ? '.ts' : '.js'}`, base), { ...options, execArgv });
}
