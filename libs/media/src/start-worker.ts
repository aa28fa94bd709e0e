import { Worker, type WorkerOptions } from 'node:worker_threads';
import { MediaError } from './media-error.js';

/** A worker thread that is watched. */
export interface WatchedWorker {
  readonly worker: Worker;
  /** Rejects with `corrupt` when the thread ends, for whatever reason: what it was at breaks decoders. */
  readonly death: Promise<never>;
}

/**
 * Starts a worker thread from a sibling module: compiled (`.js`), or from source (`.ts`) where the caller itself runs
 * from source. Threads do not inherit a TypeScript loader, so there tsx is registered first.
 *
 * @param base `import.meta.url` of the caller.
 * @param name the worker's module without its extension, `./image-worker`.
 */
export function startWorker(base: string, name: string, options: WorkerOptions = {}): WatchedWorker {
  const worker = createWorker(base, name, { ...options, stdout: true, stderr: true });
  // Codecs print their complaints; they say nothing that the error does not.
  worker.stdout.resume();
  worker.stderr.resume();
  const death = new Promise<never>((_, reject) => {
    const onDeath = (cause: unknown): void => {
      reject(new MediaError('corrupt', 'The file breaks its decoder.', { cause }));
    };
    worker.on('error', onDeath).on('exit', onDeath);
  });
  death.catch(() => undefined); // a worker that dies idle is nobody's error
  return { worker, death };
}

/** Posts a message and waits for the answer that `read` takes for the last one. */
export async function ask<Answer>(
  { worker, death }: WatchedWorker,
  message: unknown,
  transfer: ArrayBuffer[],
  read: (reply: unknown) => Answer | undefined,
): Promise<Answer> {
  let onMessage: ((reply: unknown) => void) | undefined;
  try {
    const answer = new Promise<Answer>((resolve) => {
      onMessage = (reply) => {
        const last = read(reply);
        if (last !== undefined) resolve(last);
      };
      worker.on('message', onMessage);
      worker.postMessage(message, transfer);
    });
    return await Promise.race([answer, death]);
  } finally {
    if (onMessage !== undefined) worker.off('message', onMessage);
  }
}

function createWorker(base: string, name: string, options: WorkerOptions): Worker {
  if (!base.endsWith('.ts')) return new Worker(new URL(`${name}.js`, base), options);
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const module = JSON.stringify(new URL(`${name}.ts`, base).href);
  const bootstrap = `import(${tsx}).then(({ register }) => { register(); return import(${module}); })`;
  return new Worker(bootstrap, { ...options, eval: true });
}
