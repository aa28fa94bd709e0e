import { Worker } from 'node:worker_threads';

import type { OcrWorkerData } from './messages.js';

/** Starts the thread from the built package, or from source, which a thread loads through tsx alone. */
export function startOcrWorker(workerData: OcrWorkerData): Worker {
  const name = 'qwenvl-ktp-ocr';
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./ocr-worker.js', import.meta.url), { name, workerData });
  }
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const entry = JSON.stringify(new URL('./ocr-worker.ts', import.meta.url).href);
  const script = `import(${loader}).then((tsx) => { tsx.register(); return import(${entry}); });`;
  return new Worker(script, { name, workerData, eval: true, execArgv: ['--conditions=@qwenvl/source'] });
}
