import type { EngineInfo } from '../engine-info.js';
import { EngineError } from '../errors.js';
import type { ProgressListener } from '../loading/load-progress.js';
import type { LoadRequest } from '../loading/load-request.js';
import type { OutputConstraint } from '../grammar/output-constraint.js';
import type { GenerateEvent } from '../types.js';
import type { Compute } from './compute.js';
import { EventQueue } from './event-queue.js';
import type { ChatTask, GenerateTask, WorkerMessage, WorkerRequest } from './protocol.js';
import { pixelBuffers } from './pixel-buffers.js';
import { fromWire } from './wire-error.js';

/** How long a worker may take to free its memory and end by itself, in milliseconds, before it is ended. */
export const closeTimeout = 5000;

type Answer = number | string | readonly number[];

/** A request to the worker that one message answers. */
type Question =
  | { readonly type: 'count'; readonly task: Pick<ChatTask, 'messages' | 'tools'> }
  | { readonly type: 'tokenize'; readonly text: string }
  | { readonly type: 'detokenize'; readonly ids: readonly number[] }
  | { readonly type: 'prepare'; readonly constraint: OutputConstraint };

interface Pending {
  message(message: WorkerMessage): void;
  fail(error: Error): void;
}

/** One life of the compute thread or process, seen from the main thread: from loading to its end, wanted or not. */
export class WorkerClient {
  readonly #worker: Compute;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #nextId = 1;
  #end: Error | undefined;
  #readsGraphs = false;

  private constructor(worker: Compute) {
    this.#worker = worker;
    worker.on('error', (error) => {
      this.#fail(error);
    });
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(undefined);
        resolve();
      });
    });
    worker.on('message', (message: WorkerMessage) => {
      if ('id' in message) this.#pending.get(message.id)?.message(message);
    });
  }

  /**
   * Takes over a new thread or process and has it load a checkpoint.
   * @throws EngineError what loading throws; `cancelled` when the signal aborts; `worker-crashed`
   */
  static async load(
    worker: Compute,
    request: LoadRequest,
    options: {
      readonly onProgress?: ProgressListener | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<{ client: WorkerClient; info: EngineInfo }> {
    const client = new WorkerClient(worker);
    const abort = (): void => {
      void client.close();
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    try {
      const info = await client.#load(request, options.onProgress);
      return { client, info };
    } catch (error) {
      await client.close();
      if (options.signal?.aborted)
        throw new EngineError('cancelled', `Loading ${request.model} was cancelled.`);
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', abort);
    }
  }

  /** False once the thread has ended; a new one is needed. */
  get alive(): boolean {
    return this.#end === undefined;
  }

  /** Runs a generation. Leaving the loop, or aborting the signal, stops it in the worker. */
  async *generate(task: GenerateTask, signal?: AbortSignal): AsyncGenerator<GenerateEvent, void, void> {
    const id = this.#nextId++;
    const queue = new EventQueue<GenerateEvent>();
    let ended = false;
    const cancel = (): void => {
      if (!ended && this.alive) this.#send({ type: 'cancel', id });
    };
    this.#expect(id, {
      message: (message) => {
        if (message.type === 'event') queue.push(message.event);
        if (message.type === 'failed') queue.fail(fromWire(message.error));
      },
      fail: (error) => {
        queue.fail(error);
      },
    });
    try {
      const cancelled = signal?.aborted ?? false;
      this.#send({ type: 'generate', id, task, cancelled }, pixelBuffers(task));
      signal?.addEventListener('abort', cancel, { once: true });
      while (!ended) {
        const event = await queue.next();
        ended = event.type === 'finish';
        yield event;
      }
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#pending.delete(id);
      cancel();
    }
  }

  async ask(question: Question): Promise<Answer> {
    const id = this.#nextId++;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.#expect(id, {
          message: (message) => {
            if (message.type === 'result') resolve(message.value);
            if (message.type === 'failed') reject(fromWire(message.error));
          },
          fail: reject,
        });
        this.#send({ ...question, id });
      });
    } finally {
      this.#pending.delete(id);
    }
  }

  /**
   * Ends the thread and waits until its memory is free; running requests fail with `closed`. By force after
   * {@link closeTimeout}, but not while graphs are read: native code that is interrupted takes the whole process down.
   */
  async close(): Promise<void> {
    if (this.alive) {
      this.#fail(new EngineError('closed', 'The engine was closed while this request was running.'));
      this.#send({ type: 'close' });
    }
    const timer = setInterval(() => {
      if (!this.#readsGraphs) void this.#worker.terminate();
    }, closeTimeout);
    await this.#exited;
    clearInterval(timer);
  }

  #load(request: LoadRequest, onProgress: ProgressListener | undefined): Promise<EngineInfo> {
    return new Promise((resolve, reject) => {
      this.#expect(0, { message: () => undefined, fail: reject });
      this.#worker.on('message', (message: WorkerMessage) => {
        if (message.type === 'progress') {
          const { stage, done, total } = message.progress;
          this.#readsGraphs = stage === 'start' && done < total;
          onProgress?.(message.progress);
        }
        if (message.type === 'loaded') resolve(message.info);
        if (message.type === 'load-failed') reject(fromWire(message.error));
      });
      this.#send({ type: 'load', request });
    });
  }

  #expect(id: number, pending: Pending): void {
    if (this.#end) throw this.#end;
    this.#pending.set(id, pending);
  }

  #send(message: WorkerRequest, transfer: ArrayBuffer[] = []): void {
    try {
      this.#worker.postMessage(message, transfer);
    } catch (cause) {
      if (!(cause instanceof DOMException)) throw cause;
      throw new EngineError('invalid-request', `The request holds what is no data: ${cause.message}`, {
        cause,
      });
    }
  }

  #fail(cause: unknown): void {
    if (this.#end) return;
    const end = EngineError.isInstance(cause)
      ? cause
      : new EngineError(
          'worker-crashed',
          'What computes ended unexpectedly; the next request starts it anew.',
          {
            cause,
          },
        );
    this.#end = end;
    for (const pending of this.#pending.values()) pending.fail(end);
    this.#pending.clear();
  }
}
