import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a worker thread from a sibling module: compiled (`.js`), or from source (`.ts`) where the caller itself runs
 * from source. Threads do not inherit a TypeScript loader, so there tsx is registered first.
 *
 * @param base `import.meta.url` of the caller.
 * @param name the worker's module without its extension, `./image-worker`.
 */
export function startWorker(base: string, name: string, options: WorkerOptions = {}): Worker {
  if (!base.endsWith('.ts')) return new Worker(new URL(`${name}.js`, base), options);
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const module = JSON.stringify(new URL(`${name}.ts`, base).href);
  const bootstrap = `import(${tsx}).then(({ register }) => { register(); return import(${module}); })`;
  return new Worker(bootstrap, { ...options, eval: true });
}
