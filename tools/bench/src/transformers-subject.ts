import { basename, dirname } from 'node:path';
import { AutoModelForCausalLM, BaseStreamer, env, Tensor } from '@huggingface/transformers';
import { processMemory } from './process-memory.js';
import type { Subject, Timing } from './subject.js';

export interface TransformersOptions {
  /** Folder of the model, as `writeTransformersModel` leaves it. */
  readonly folder: string;
  readonly threads: number;
  /** Precision of the model. Default `q4`. */
  readonly dtype?: 'q4' | 'fp32';
  /** Told of each token. */
  readonly onToken?: (id: number) => void;
}

/** Notes when tokens come; the first call brings the prompt. */
class Clock extends BaseStreamer {
  readonly times: number[] = [];
  readonly #onToken: (id: number) => void;

  constructor(onToken: (id: number) => void) {
    super();
    this.#onToken = onToken;
  }

  override put(ids: bigint[][]): void {
    if (this.times.length > 0) this.#onToken(Number(ids[0]?.[0]));
    this.times.push(performance.now());
  }

  override end(): void {
    // The last token was noted.
  }
}

/** Transformers.js on the processor, through its own `generate`; it computes in this thread. */
export async function loadTransformers(options: TransformersOptions): Promise<Subject> {
  const { folder, threads, dtype = 'q4', onToken = () => undefined } = options;
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const before = await processMemory();
  const started = performance.now();
  const model = await AutoModelForCausalLM.from_pretrained(basename(folder), {
    dtype,
    device: 'cpu',
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  const loaded = performance.now() - started;
  const int64 = (values: readonly number[]): Tensor =>
    new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const answer = async (prompt: readonly number[], tokens: number): Promise<Timing> => {
    const clock = new Clock(onToken);
    const begin = performance.now();
    await model.generate({
      input_ids: int64(prompt),
      attention_mask: int64(prompt.map(() => 1)),
      max_new_tokens: tokens,
      min_new_tokens: tokens,
      do_sample: false,
      streamer: clock,
    } as unknown as Parameters<typeof model.generate>[0]);
    const times = clock.times.slice(1);
    return {
      first: (times[0] ?? NaN) - begin,
      steps: times.slice(1).map((time, index) => time - (times[index] ?? NaN)),
    };
  };
  return {
    name: 'Transformers.js',
    description: `Transformers.js ${env.version}, Qwen3ForCausalLM over the same ${dtype} weights, f32 cache`,
    loaded,
    memory: (await processMemory()) - before,
    answer,
    // It cannot go back to the end of a prompt: each round computes it again.
    hold: async (prompt) => ({
      filled: (await answer(prompt, 1)).first,
      steps: async (count) => (await answer(prompt, count + 1)).steps,
    }),
    close: async () => {
      await model.dispose();
    },
  };
}
