import { setTimeout } from 'node:timers/promises';
import { ApiError } from '@qwenvl/openai';
import type { ChatEngine } from './chat-engine.js';

/** What is known of the model before and after it was loaded. */
export interface ModelProfile {
  /** Name that clients use: a hub id, a folder, or the embedded checkpoint's. */
  readonly id: string;
  /** Changes whenever the same request could give other tokens: checkpoint, revision, precision. */
  readonly fingerprint: string;
  /** True when the chat template opens the reasoning, as Qwen3-VL Thinking does. */
  readonly startsInReasoning: boolean;
  /** Tokens of prompt and answer together. */
  readonly contextTokens: number;
  /** Most pixels of a picture that the model is shown; undefined where the server does not know. */
  readonly maxImagePixels?: number | undefined;
}

/** A model that is ready to answer. */
export interface LoadedModel {
  readonly profile: ModelProfile;
  readonly engine: ChatEngine;
}

/** How far loading has come; `done` and `total` are bytes of the stage. */
export interface LoadingProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** Where the model stands. */
export type ModelState =
  | { readonly status: 'idle' }
  | { readonly status: 'loading'; readonly progress: LoadingProgress | undefined }
  | { readonly status: 'ready'; readonly model: LoadedModel }
  | { readonly status: 'failed'; readonly error: Error };

/** Loads a model; progress is reported as it goes. */
export type LoadModel = (onProgress: (progress: LoadingProgress) => void) => Promise<LoadedModel>;

/** How long clients are told to wait while the model loads, in seconds. */
const LOADING_RETRY_SECONDS = 5;

/** Holds the one model of the server: loads it once, tells where it stands, hands it out. */
export class ModelHost {
  /** The id that requests may name, known before the model is loaded. */
  readonly id: string;
  readonly #load: LoadModel;
  readonly #waitMs: number;
  #state: ModelState = { status: 'idle' };
  #loading: Promise<void> | undefined;

  /** @param waitSeconds How long `ready` waits for a model that is being loaded. */
  constructor(id: string, load: LoadModel, waitSeconds = 0) {
    this.id = id;
    this.#load = load;
    this.#waitMs = waitSeconds * 1000;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** Starts loading unless that has been done. Resolves when it has ended, well or not; see `state`. */
  load(): Promise<void> {
    this.#loading ??= this.#run();
    return this.#loading;
  }

  /**
   * The model; where it is not ready, loading is started and waited for.
   *
   * @throws ApiError 503: with `Retry-After` where it still loads after the wait, without where it cannot be loaded.
   * @throws The signal's reason, when it aborts first.
   */
  async ready(signal?: AbortSignal): Promise<LoadedModel> {
    const loaded = this.load();
    if (this.#state.status === 'loading' && this.#waitMs > 0) await endedWithin(loaded, this.#waitMs, signal);
    const state = this.#state;
    if (state.status === 'ready') return state.model;
    if (state.status === 'failed') {
      throw new ApiError({
        status: 503,
        code: 'model_failed',
        message: `The model could not be loaded: ${state.error.message}`,
        cause: state.error,
      });
    }
    throw new ApiError({
      status: 503,
      code: 'model_loading',
      message: `The model ${this.id} is being loaded; /health shows the progress.`,
      retryAfterSeconds: LOADING_RETRY_SECONDS,
    });
  }

  /** Frees the model. */
  async close(): Promise<void> {
    await this.#loading;
    if (this.#state.status !== 'ready') return;
    const { engine } = this.#state.model;
    this.#state = { status: 'failed', error: new Error('The server is shutting down.') };
    await engine.close();
  }

  async #run(): Promise<void> {
    this.#state = { status: 'loading', progress: undefined };
    try {
      const model = await this.#load((progress) => {
        this.#state = { status: 'loading', progress };
      });
      this.#state = { status: 'ready', model };
    } catch (error) {
      this.#state = { status: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}

/** Resolves when `work` has ended or the time is up, whichever comes first. */
async function endedWithin(work: Promise<void>, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const over = new AbortController();
  const stop = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  const timeUp = setTimeout(ms, undefined, { signal: stop, ref: false }).catch(() => undefined);
  try {
    await Promise.race([work, timeUp]);
  } finally {
    over.abort();
  }
  signal?.throwIfAborted();
}
