import { Worker } from 'node:worker_threads';

const name = 'qwenvl-engine';

/** Starts the compute thread: from the built package, or from source, which Node 20 loads in a thread only through tsx. */
export function spawnWorker(): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./engine-worker.js', import.meta.url), { name });
  }
  const tsx = import.meta.resolve('tsx/esm/api');
  const entry = new URL('./engine-worker.ts', import.meta.url).href;
  const script = `import('${tsx}').then(({ register }) => { register(); return import('${entry}'); });`;
  return new Worker(script, { name, eval: true, execArgv: ['--conditions=@qwenvl/source'] });
}
