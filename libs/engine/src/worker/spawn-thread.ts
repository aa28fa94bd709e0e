import { Worker } from 'node:worker_threads';

/**
 * Starts a thread: from the built package, or from source, which Node 20 loads in a thread only through tsx.
 * @param entry the built file; from source its `.ts` is taken
 */
export function spawnThread(name: string, entry: URL): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(entry, { name });
  const tsx = import.meta.resolve('tsx/esm/api');
  const source = entry.href.replace(/\.js$/, '.ts');
  const script = `import('${tsx}').then(({ register }) => { register(); return import('${source}'); });`;
  return new Worker(script, { name, eval: true, execArgv: ['--conditions=@qwenvl/source'] });
}
