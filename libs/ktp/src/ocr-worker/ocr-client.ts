import type { Worker } from 'node:worker_threads';

import { KtpError } from '../errors.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import type { OcrRequest, OcrResponse, OcrWorkerData } from './messages.js';
import type { OcrOutcome } from './ocr-job.js';
import { startWorker } from './start-worker.js';

/** Bounds of the offline reader. */
export interface OcrOptions {
  /** Threads that compute: they share out a picture's text lines, each with a recogniser of its own. Default 2. */
  readonly threads?: number | undefined;
  /** Pictures that may wait or run at a time; one more is refused. Default 8. */
  readonly maxPending?: number | undefined;
  /** Longest time for one picture, waiting included, milliseconds. Default 60 000. */
  readonly timeoutMs?: number | undefined;
}

interface Job {
  readonly cancelled: Int32Array;
  readonly settle: (response: OcrResponse | KtpError) => void;
}

/** The worker thread with the networks: started with the first picture, one picture at a time. */
export class OcrClient {
  readonly #threads: number;
  readonly #maxPending: number;
  readonly #timeoutMs: number;
  readonly #jobs = new Map<number, Job>();
  #worker: Worker | undefined;
  #nextId = 0;

  constructor({ threads = 2, maxPending = 8, timeoutMs = 60_000 }: OcrOptions) {
    this.#threads = threads;
    this.#maxPending = maxPending;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Reads one picture.
   *
   * @throws {KtpError} `ocr_queue_full`, `ocr_timeout` or `ocr_failed`; the signal's reason when aborted
   */
  async read(image: RgbImage, signal?: AbortSignal): Promise<OcrOutcome> {
    signal?.throwIfAborted();
    if (this.#jobs.size >= this.#maxPending) {
      throw new KtpError('ocr_queue_full', 'Too many pictures are being read: try again later.');
    }
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const response = await this.#post(image, either, () =>
      timeout.aborted && !signal?.aborted
        ? new KtpError('ocr_timeout', 'Reading the picture took too long.')
        : undefined,
    );
    if (KtpError.isInstance(response)) throw response;
    if ('failure' in response) {
      signal?.throwIfAborted();
      throw new KtpError('ocr_failed', `The text recognition failed (${response.failure}).`);
    }
    return response.outcome;
  }

  /** Ends the thread; pictures under way fail with `ocr_failed`. A later read starts a new one. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#failAll();
  }

  #post(
    image: RgbImage,
    signal: AbortSignal,
    timedOut: () => KtpError | undefined,
  ): Promise<OcrResponse | KtpError> {
    const id = this.#nextId++;
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    const worker = (this.#worker ??= this.#start());
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        Atomics.store(cancelled, 0, 1);
        this.#finish(id);
        reject(timedOut() ?? (signal.reason as Error));
      };
      const settle = (response: OcrResponse | KtpError) => {
        signal.removeEventListener('abort', onAbort);
        this.#finish(id);
        resolve(response);
      };
      this.#jobs.set(id, { cancelled, settle });
      signal.addEventListener('abort', onAbort, { once: true });
      worker.ref();
      // Copied once and moved: the caller keeps its pixels, and no second copy is made on the way.
      const data = new Uint8Array(image.data);
      worker.postMessage({ id, image: { ...image, data }, cancelled } satisfies OcrRequest, [data.buffer]);
    });
  }

  #finish(id: number): void {
    this.#jobs.delete(id);
    if (this.#jobs.size === 0) this.#worker?.unref();
  }

  #start(): Worker {
    const worker = startWorker('ocr-worker', { threads: this.#threads } satisfies OcrWorkerData);
    worker.on('message', (response: OcrResponse) => this.#jobs.get(response.id)?.settle(response));
    const lost = (cause?: unknown) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#failAll(cause);
    };
    worker.on('error', lost);
    worker.on('exit', () => {
      lost();
    });
    return worker;
  }

  #failAll(cause?: unknown): void {
    const message = 'The text recognition stopped; the next picture starts it again.';
    for (const { settle } of [...this.#jobs.values()]) {
      settle(new KtpError('ocr_failed', message, { cause }));
    }
  }
}
