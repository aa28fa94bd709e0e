import { availableParallelism, homedir, totalmem } from 'node:os';
import type { Precision } from '@qwenvl/exporter';
import { z } from 'zod';
import type { EngineInfo } from './engine-info.js';
import { EngineError } from './errors.js';
import { type OutputConstraint, parseOutputConstraint } from './grammar/output-constraint.js';
import { hubSettingsFromEnvironment } from './loading/hub-settings.js';
import type { ProgressListener } from './loading/load-progress.js';
import type { LoadRequest, RuntimeChoice } from './loading/load-request.js';
import type { PrefillWeights } from './loading/prefill-weights.js';
import { parseConversation } from './prompt/conversation.js';
import { devices, type Device } from './runtime/device.js';
import type { KvCacheType } from './runtime/kv-buffers.js';
import { defaultLimits } from './scheduler/scheduler-limits.js';
import type {
  ChatMessage,
  CompletionRequest,
  GenerateEvent,
  GenerateRequest,
  ToolDefinition,
} from './types.js';
import type { Compute } from './worker/compute.js';
import { spawnCompute } from './worker/spawn-worker.js';
import { WorkerClient } from './worker/worker-client.js';

/** What to load and what it may use. */
export interface LoadOptions {
  /** A folder in Hugging Face layout, or a hub id such as `Qwen/Qwen3-VL-2B-Thinking`. A folder of that name wins. */
  readonly model: string;
  /** Branch, tag or commit of a hub model. Default `main`. */
  readonly revision?: string | undefined;
  /**
   * How weights are held. Default `auto`: `fp32` for checkpoints under 100 million parameters, `q4` for all others.
   */
  readonly precision?: Precision | 'auto' | undefined;
  /** Root of the cache for downloads and exports. Default: that of `huggingface_hub` (`HF_HUB_CACHE`, `HF_HOME`). */
  readonly cacheDir?: string | undefined;
  /** Uses only what the cache holds. Default: `HF_HUB_OFFLINE`. */
  readonly offline?: boolean | undefined;
  /** Told how loading goes, a few times a second. */
  readonly onProgress?: ProgressListener | undefined;
  /**
   * How onnxruntime is called. `native` calls its C interface, which copies no keys and values, in a child process;
   * Linux only. `stock` uses the binding of onnxruntime-node, in a thread. Default `auto`: `native` where it can be
   * had on the `cpu`; `info.runtime` tells which it is.
   */
  readonly runtime?: RuntimeChoice | undefined;
  /**
   * The processor that computes. All but `cpu` need `stock`, and a build of onnxruntime-node that has them. Default
   * `cpu`.
   */
  readonly device?: Device | undefined;
  /**
   * How keys and values are held. `int8` takes a quarter of the memory and is faster at long contexts, but rounds; its
   * scales are measured once for each export, which adds some seconds to the first load. Default `f32`.
   */
  readonly kvCache?: KvCacheType | undefined;
  /**
   * Weights that prompts are computed with. `int8` adds a second copy of the decoder's, with 8 bits (1.4 GB of disk at
   * 2B, used where they lie), over which onnxruntime computes a prompt twice as fast and more on processors with AMX, and
   * which are rounded less than `q4`; answers are decoded with `precision` as ever. An export without them is made anew.
   * Greedy answers may differ from those over `shared`, which are the decoder's. `cpu` only. Default `shared`.
   */
  readonly prefillWeights?: PrefillWeights | undefined;
  /** Threads that compute. Default: as many as the machine can run at once. */
  readonly threads?: number | undefined;
  /** Most tokens of a prompt and its answer. Default: the checkpoint's own, as far as `kvMemory` allows. */
  readonly contextLength?: number | undefined;
  /**
   * Bytes for the keys and values of all sequences together. Default: a quarter of the machine's memory; raised
   * to one whole `contextLength` where that is given.
   */
  readonly kvMemory?: number | undefined;
  /** Sequences that are computed at the same time, 1 and up. Default 8. */
  readonly maxSequences?: number | undefined;
  /** Requests that may wait for their turn; one more fails with `queue-full`. Default 64. */
  readonly maxQueued?: number | undefined;
  /** Prompt tokens in one step, between which a request can be cancelled. Default 256. */
  readonly prefillChunk?: number | undefined;
  /**
   * Makes tokens a function of the request alone, whatever else is computed at the same time: steps are never
   * shared, so that throughput does not grow with the number of requests, and a request waits until its longest
   * answer fits into `kvMemory`. Default false: requests share steps, whose rounding may choose another token.
   */
  readonly deterministic?: boolean | undefined;
  /**
   * Keeps keys and values of what was computed, within `kvMemory`, so that the next prompt that begins alike (a
   * further turn, a common system message, the same picture) begins after it. Default true.
   */
  readonly prefixCache?: boolean | undefined;
  /**
   * `prompt-lookup` guesses how an answer goes on from what stands in the prompt and in the answer so far, and tries
   * the guesses in the step of the known token, while they come true and no other request decodes. Answers that repeat
   * their prompt come several times sooner. What is guessed does not show in any number. Where rows are exact
   * (`EngineInfo.exactRows`) that guesses were tried does not either; elsewhere steps with guesses round otherwise than
   * those without, as shared steps do. Never with `deterministic`. Default `auto`: `prompt-lookup` where rows are exact.
   */
  readonly speculation?: 'auto' | 'off' | 'prompt-lookup' | undefined;
  /** Bytes of vision features that are kept for pictures that come again; 0 keeps none. Default 256 MiB. */
  readonly maxFeatureBytes?: number | undefined;
  /** Stops loading; a download can be taken up again later. */
  readonly signal?: AbortSignal | undefined;
}

const count = z.int().positive().optional();

/** Ids that fit the graphs' signed 64-bit inputs and the engine's 32-bit arrays. */
const tokenIds = z.array(z.int().min(0).max(0x7fffffff));

const completionPrompt = z.union([z.string().min(1), tokenIds.min(1)]);

const optionsSchema = z
  .object({
    model: z.string().min(1),
    revision: z.string().min(1).default('main'),
    precision: z.enum(['auto', 'q4', 'q8', 'fp16', 'fp32']).default('auto'),
    cacheDir: z.string().min(1).optional(),
    offline: z.boolean().optional(),
    runtime: z.enum(['auto', 'native', 'stock']).default('auto'),
    device: z.enum(devices).default('cpu'),
    kvCache: z.enum(['f32', 'int8']).default('f32'),
    prefillWeights: z.enum(['shared', 'int8']).default('shared'),
    threads: count,
    contextLength: count,
    kvMemory: count,
    maxSequences: count,
    maxQueued: z.int().min(0).optional(),
    prefillChunk: count,
    deterministic: z.boolean().default(defaultLimits.deterministic),
    prefixCache: z.boolean().default(defaultLimits.prefixCache),
    speculation: z.enum(['auto', 'off', 'prompt-lookup']).default(defaultLimits.speculation),
    maxFeatureBytes: z.int().min(0).default(defaultLimits.maxFeatureBytes),
  })
  .refine(({ prefillWeights, device }) => prefillWeights !== 'int8' || device === 'cpu', {
    message: '8-bit weights for prompts are for the cpu only',
    path: ['prefillWeights'],
  });

/**
 * Loads a checkpoint into a process or thread of its own: fetches it if need be, exports its graphs once, reads them.
 *
 * @throws EngineError `invalid-request` for a wrong option; `checkpoint-missing`, `checkpoint-corrupt`,
 * `unsupported-checkpoint`, `network`, `offline`, `hub-refused`, `disk-full`, `not-writable`, `out-of-memory`,
 * `cancelled`, `worker-crashed`
 */
export async function loadEngine(options: LoadOptions): Promise<Engine> {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new EngineError('invalid-request', `Options: ${z.prettifyError(parsed.error)}`);
  const { cacheDir, offline, threads, kvMemory, ...given } = parsed.data;
  const environment = hubSettingsFromEnvironment(process.env, homedir());
  const { maxSequences, maxQueued, prefillChunk } = given;
  const chunk = prefillChunk ?? defaultLimits.prefillChunk;
  return await Engine.load(
    {
      model: given.model,
      revision: given.revision,
      precision: given.precision,
      hub: {
        ...environment,
        cacheDir: cacheDir ?? environment.cacheDir,
        offline: offline ?? environment.offline,
      },
      threads: threads ?? availableParallelism(),
      runtime: given.runtime,
      device: given.device,
      kvCache: given.kvCache,
      prefillWeights: given.prefillWeights,
      contextLength: given.contextLength,
      kvMemory: kvMemory ?? memoryLimit() / 4,
      limits: {
        maxSequences: maxSequences ?? defaultLimits.maxSequences,
        maxQueued: maxQueued ?? defaultLimits.maxQueued,
        prefillChunk: chunk,
        sharedPrefillChunk: Math.min(chunk, defaultLimits.sharedPrefillChunk),
        deterministic: given.deterministic,
        prefixCache: given.prefixCache,
        speculation: given.speculation,
        maxFeatureBytes: given.maxFeatureBytes,
      },
    },
    options,
  );
}

/** Bytes of memory that the process may use: those of the machine, or of its container where that is bounded. */
function memoryLimit(): number {
  const container = process.constrainedMemory();
  return container > 0 ? Math.min(container, totalmem()) : totalmem();
}

type Spawn = (request: LoadRequest) => Compute;

/**
 * A loaded checkpoint. All computing happens in a child process (native runtime) or a worker thread (stock); when that
 * dies, its requests fail with `worker-crashed` and the next request starts a new one.
 */
export class Engine {
  readonly #request: LoadRequest;
  readonly #info: EngineInfo;
  readonly #spawn: Spawn;
  #client: Promise<WorkerClient>;
  #closed = false;

  private constructor(request: LoadRequest, info: EngineInfo, client: WorkerClient, spawn: Spawn) {
    // A thread that takes over must serve the same weights, whatever the branch has become since.
    this.#request = { ...request, revision: info.revision ?? request.revision, precision: info.precision };
    this.#info = info;
    this.#spawn = spawn;
    this.#client = Promise.resolve(client);
  }

  /** Use {@link loadEngine}, which fills in defaults. */
  static async load(
    request: LoadRequest,
    options: Pick<LoadOptions, 'onProgress' | 'signal'>,
    spawn: Spawn = spawnCompute,
  ): Promise<Engine> {
    if (options.signal?.aborted)
      throw new EngineError('cancelled', `Loading ${request.model} was cancelled.`);
    const { client, info } = await WorkerClient.load(spawn(request), request, options);
    return new Engine(request, info, client, spawn);
  }

  /** What was loaded. */
  get info(): EngineInfo {
    return this.#info;
  }

  /**
   * Generates an answer: one `start`, a `token` for each token, one `finish`.
   *
   * Nothing happens before the first event is asked for. Leaving the loop stops the generation within one step, and so
   * does aborting `request.signal`, after which the last event is a `finish` with reason `cancelled`. Pictures are
   * handed over, not copied: the `data` of an image is empty afterwards, unless it is a view into a larger buffer.
   *
   * With `continueFrom` these very tokens are reported first, with the texts that they had, then new ones; see
   * `replay` for how closely these follow the undisturbed run.
   *
   * @throws EngineError (at the first event) `invalid-request`, `invalid-image`, `invalid-video`,
   * `media-not-rendered`, `context-overflow`, `queue-full`, `worker-crashed`, `out-of-memory`, `closed`
   */
  async *generate(request: GenerateRequest): AsyncGenerator<GenerateEvent, void, void> {
    const { signal, ...task } = request;
    const conversation = parseConversation(task);
    const client = await this.#living();
    yield* client.generate({ ...task, ...conversation }, signal);
  }

  /**
   * Generates what follows a raw text or token ids, without a chat template; otherwise as `generate`.
   *
   * @throws EngineError (at the first event) `invalid-request`, also for an id outside the vocabulary and for a media
   * pad; `context-overflow`, `queue-full`, `worker-crashed`, `out-of-memory`, `closed`
   */
  async *complete(request: CompletionRequest): AsyncGenerator<GenerateEvent, void, void> {
    const { signal, prompt: given, ...task } = request;
    const prompt = completionPrompt.safeParse(given);
    if (!prompt.success)
      throw new EngineError('invalid-request', 'prompt must be a text or a list of token ids, not empty.');
    const start =
      typeof prompt.data === 'string' ? { text: prompt.data } : { ids: Int32Array.from(prompt.data) };
    const client = await this.#living();
    yield* client.generate({ ...task, ...start, media: [] }, signal);
  }

  /** Tokens of the prompt that these messages make, media included, however long it is. */
  async countTokens(request: {
    readonly messages: readonly ChatMessage[];
    readonly tools?: readonly ToolDefinition[] | undefined;
  }): Promise<number> {
    const task = parseConversation(request);
    const client = await this.#living();
    return z.number().parse(await client.ask({ type: 'count', task }));
  }

  /** Token ids of a text. Nothing in it counts as a special token. */
  async tokenize(text: string): Promise<number[]> {
    if (typeof text !== 'string') throw new EngineError('invalid-request', 'tokenize takes a string.');
    const client = await this.#living();
    return z.array(z.number()).parse(await client.ask({ type: 'tokenize', text }));
  }

  /** Text of token ids, special tokens left out. */
  async detokenize(ids: readonly number[]): Promise<string> {
    if (!tokenIds.safeParse(ids).success)
      throw new EngineError('invalid-request', 'detokenize takes token ids.');
    const client = await this.#living();
    return z.string().parse(await client.ask({ type: 'detokenize', ids }));
  }

  /**
   * Makes ready what answers will be held to, so that the first one needs not wait for it: half a second for the
   * vocabulary, milliseconds for a schema.
   *
   * @throws EngineError `invalid-request` for what cannot be honoured, `worker-crashed`, `closed`
   */
  async prepareConstraint(constraint: OutputConstraint): Promise<void> {
    const checked = parseOutputConstraint(constraint);
    const client = await this.#living();
    await client.ask({ type: 'prepare', constraint: checked });
  }

  /** Ends the compute thread and frees its memory; running requests fail with `closed`. May be called twice. */
  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#client.catch(() => undefined);
    await client?.close();
  }

  /** The thread to ask, a new one when the last has died. */
  async #living(): Promise<WorkerClient> {
    for (;;) {
      if (this.#closed) throw new EngineError('closed', 'The engine is closed. Load it again.');
      const asked = this.#client;
      const client = await asked.catch(() => undefined);
      if (client?.alive) return client;
      if (this.#client === asked) {
        this.#client = WorkerClient.load(this.#spawn(this.#request), this.#request, {}).then(
          ({ client: next }) => next,
        );
        return await this.#client;
      }
    }
  }
}
