import { Worker } from 'node:worker_threads';

/** Threads of this folder, by the names of their files. */
export type WorkerFile = 'ocr-worker' | 'recogniser-worker' | 'networks-worker';

/** Starts a thread from the built package, or from source, which a thread loads through tsx alone. */
export function startWorker(file: WorkerFile, workerData?: unknown): Worker {
  const name = `qwenvl-ktp-${file}`;
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL(`./${file}.js`, import.meta.url), { name, workerData });
  }
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const entry = JSON.stringify(new URL(`./${file}.ts`, import.meta.url).href);
  const script = `import(${loader}).then((tsx) => { tsx.register(); return import(${entry}); });`;
  return new Worker(script, { name, workerData, eval: true, execArgv: ['--conditions=@qwenvl/source'] });
}
