import type { Precision } from '@qwenvl/exporter';
import { parseCheckpoint, parseConfig, type Checkpoint } from '../checkpoint/parse-checkpoint.js';
import type { EngineInfo } from '../engine-info.js';
import { EngineError } from '../errors.js';
import { autoPrecision } from '../loading/checkpoint-config.js';
import { readSmallFiles } from '../loading/checkpoint-files.js';
import { ensureExport, isExported } from '../loading/ensure-export.js';
import type { ProgressListener } from '../loading/load-progress.js';
import type { LoadRequest } from '../loading/load-request.js';
import { Constrainer } from '../grammar/constrain.js';
import type { OutputConstraint } from '../grammar/output-constraint.js';
import { resolveCheckpoint } from '../loading/resolve-checkpoint.js';
import { preparePrompt } from '../prompt/prepare-prompt.js';
import type { PreparedPrompt } from '../prompt/prepared-prompt.js';
import type { Runtime } from '../runtime/runtime.js';
import { Answer } from '../scheduler/answer.js';
import { Scheduler } from '../scheduler/scheduler.js';
import { Sequence, type SequenceListener } from '../scheduler/sequence.js';
import { Speculation, type Drafter } from '../scheduler/speculation.js';
import { Stepper } from '../scheduler/stepper.js';
import { answerRoom, contextBounds } from './context-bounds.js';
import { openBackend } from './open-backend.js';
import { openRuntime } from './open-runtime.js';
import type { ChatTask, GenerateTask } from './protocol.js';
import { taskSettings } from './task-settings.js';
import { tokenPrompt } from './token-prompt.js';
import { thinksFirst } from './thinks-first.js';

/** A checkpoint in memory, with everything that answers a request. Lives in the compute thread. */
export class LoadedModel {
  readonly info: EngineInfo;
  readonly #checkpoint: Checkpoint;
  readonly #runtime: Runtime;
  readonly #scheduler: Scheduler;
  readonly #eosIds: ReadonlySet<number>;
  readonly #sequences = new Map<number, Sequence>();
  readonly #constrainer: Constrainer;
  readonly #limits: LoadRequest['limits'];

  private constructor(
    info: EngineInfo,
    checkpoint: Checkpoint,
    runtime: Runtime,
    scheduler: Scheduler,
    limits: LoadRequest['limits'],
  ) {
    this.info = info;
    this.#limits = limits;
    this.#checkpoint = checkpoint;
    this.#runtime = runtime;
    this.#scheduler = scheduler;
    this.#eosIds = new Set(info.eosTokenIds);
    this.#constrainer = new Constrainer(checkpoint, info);
  }

  /** Fetches, exports and reads a checkpoint. */
  static async load(request: LoadRequest, onProgress: ProgressListener): Promise<LoadedModel> {
    const resolved = await resolveCheckpoint(request, onProgress);
    const files = await readSmallFiles(resolved.folder);
    const config = parseConfig(files);
    const precision: Precision = request.precision === 'auto' ? autoPrecision(config) : request.precision;
    // What is wrong with it is to be known before an export, which takes minutes.
    const { backend, fallback } = await openBackend(request);
    const { prefillWeights } = request;
    const choice = { precision, prefillWeights };
    const parsed = (await isExported(resolved, choice)) ? undefined : parseCheckpoint(files);
    const graphs = await ensureExport(resolved, choice, onProgress);
    onProgress({ stage: 'start', done: 0, total: 1 });
    const { runtime, checkpoint } = await openRuntime(
      request,
      { backend, prefillWeights },
      graphs,
      config,
      () => parsed ?? parseCheckpoint(files),
    );
    onProgress({ stage: 'start', done: 1, total: 1 });
    const { generation } = checkpoint;
    const { contextLength, maxCachedTokens } = contextBounds(
      request,
      config.text.maxPositions,
      runtime.bytesPerToken,
    );
    const info: EngineInfo = {
      model: request.model,
      revision: resolved.revision,
      precision,
      contextLength,
      eosTokenIds: generation.eosIds,
      hasVision: true,
      maxImagePixels: checkpoint.image.maxPixels,
      thinking: thinksFirst(checkpoint),
      vocabSize: config.text.vocabSize,
      runtime: backend.name,
      runtimeFallback: fallback,
      device: request.device,
      kvCache: request.kvCache,
      prefillWeights,
      exactRows: runtime.exactRows,
    };
    const scheduler = new Scheduler(new Stepper(runtime, config, request.limits.maxFeatureBytes), {
      ...request.limits,
      maxCachedTokens,
    });
    return new LoadedModel(info, checkpoint, runtime, scheduler, request.limits);
  }

  /** Makes the grammar of what answers will be held to. @throws EngineError `invalid-request` */
  prepareConstraint(constraint: OutputConstraint): void {
    this.#constrainer.prepare(constraint);
  }

  /**
   * Starts a generation; its events go to the listener.
   * @throws EngineError for a request that cannot be started
   */
  generate(id: number, task: GenerateTask, listener: SequenceListener): void {
    this.#scheduler.requireRoom();
    const { config, generation, tokenizer } = this.#checkpoint;
    const settings = taskSettings(task, generation.sampling, config.text.vocabSize);
    // With exact rows chunks compute what the steps of the first run did; `deterministic` does not rest on them.
    const isExact = this.#runtime.exactRows && !this.#limits.deterministic;
    const replay = isExact ? 'chunked' : settings.replay;
    const prompt = this.#prepare(task, settings.maxTokens);
    const room = this.info.contextLength - prompt.ids.length;
    const answer = new Answer(tokenizer.vocabulary, {
      eosIds: this.#eosIds,
      stop: settings.stop,
      maxTokens: Math.min(settings.maxTokens ?? room, room),
    });
    const done = (): void => {
      this.#sequences.delete(id);
    };
    const constraint = this.#constrainer.constrain(task);
    const drafter = this.#drafter(prompt, settings.prediction);
    const sequence = new Sequence({ prompt, ...settings, replay, constraint, drafter }, answer, {
      event: (event) => {
        if (event.type === 'finish') done();
        listener.event(event);
      },
      failed: (error) => {
        done();
        listener.failed(error);
      },
    });
    this.#sequences.set(id, sequence);
    listener.event({
      type: 'start',
      promptTokens: prompt.ids.length,
      droppedTurns: prompt.droppedTurns,
      seed: settings.seed,
    });
    this.#scheduler.submit(sequence);
  }

  /** Has no effect on a generation that has ended. */
  cancel(id: number): void {
    const sequence = this.#sequences.get(id);
    if (sequence) sequence.cancelled = true;
  }

  countTokens({ messages, tools }: Pick<ChatTask, 'messages' | 'tools'>): number {
    const options = { maxPromptTokens: Infinity, overflow: 'error' } as const;
    return preparePrompt(this.#checkpoint, { messages, tools }, options).ids.length;
  }

  tokenize(text: string): number[] {
    return this.#checkpoint.tokenizer.encodePlain(text);
  }

  detokenize(ids: readonly number[]): string {
    return this.#checkpoint.tokenizer.decode(ids);
  }

  /** Cancels what runs and frees the graphs. */
  async close(): Promise<void> {
    await this.#scheduler.stop();
    await this.#runtime.close();
  }

  #drafter(prompt: PreparedPrompt, prediction = ''): Drafter | undefined {
    const { speculation, deterministic } = this.#limits;
    const { exactRows } = this.#runtime;
    const isFree = speculation === 'auto' && exactRows;
    const isOn = isFree || speculation === 'prompt-lookup' || prediction !== '';
    if (deterministic || !isOn) return undefined;
    return new Speculation(prompt.ids, this.#checkpoint.tokenizer.encodePlain(prediction), exactRows);
  }

  #prepare(task: GenerateTask, maxTokens: number | undefined): PreparedPrompt {
    const { contextLength } = this.info;
    if ('messages' in task) {
      return preparePrompt(this.#checkpoint, task, {
        maxPromptTokens: contextLength - answerRoom(maxTokens, contextLength),
        overflow: task.overflow,
      });
    }
    const { config, tokenizer } = this.#checkpoint;
    const ids = 'ids' in task ? task.ids : Int32Array.from(tokenizer.encode(task.text));
    if (ids.length < 1 || ids.length >= contextLength) {
      throw new EngineError('context-overflow', `A prompt must have 1 to ${contextLength - 1} tokens.`);
    }
    return tokenPrompt({ ids, media: task.media }, config);
  }
}
