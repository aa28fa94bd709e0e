import type { CheckpointConfig } from '@qwenvl/exporter';
import { MropeRotary, type RotaryTable } from '../positions/mrope-rotary.js';
import type { DecoderInput, KvCache, Runtime } from '../runtime/runtime.js';
import { Sampler } from '../sampling/sampler.js';
import { FeatureCache } from './feature-cache.js';
import { MediaEncoder } from './media-encoder.js';
import { maxLogitRows } from './scheduler-limits.js';
import type { Sequence } from './sequence.js';

/** A sequence that cannot go on, and why. */
export interface FailedSequence {
  readonly sequence: Sequence;
  readonly error: unknown;
}

/** Takes sequences forward by one piece of work at a time: what goes into the graphs, and what comes out. */
export class Stepper {
  readonly #runtime: Runtime;
  readonly #config: CheckpointConfig;
  readonly #rotary: MropeRotary;
  readonly #sampler: Sampler;
  readonly #features: FeatureCache;

  constructor(runtime: Runtime, config: CheckpointConfig, maxFeatureBytes: number) {
    this.#features = new FeatureCache(maxFeatureBytes);
    this.#runtime = runtime;
    this.#config = config;
    this.#rotary = new MropeRotary(config.text);
    this.#sampler = new Sampler(config.text.vocabSize, runtime.blockMaxima);
  }

  /** See `Runtime.exactRows`. */
  get exactRows(): boolean {
    return this.#runtime.exactRows;
  }

  /** Gives a sequence its place in the runtime: a cache that holds the beginning of its prompt, or an empty one. */
  start(sequence: Sequence, cache: KvCache = this.#runtime.createCache()): void {
    sequence.start(cache, (media) => new MediaEncoder(this.#runtime, this.#config, media, this.#features));
  }

  /**
   * Encodes some of the prompt's media or, when they are done, appends the next chunk of known tokens, of about `chunk`
   * tokens; see `Sequence.chunkEnd`. What is known of an answer takes guesses along where it may.
   */
  async prefill(sequence: Sequence, chunk: number, rest: number): Promise<void> {
    const { media } = sequence;
    if (media && !media.done) {
      await media.step();
      return;
    }
    if (sequence.drafting) {
      await this.decodeDrafted(sequence);
      return;
    }
    const from = sequence.fed;
    const manyRows = sequence.request.topLogprobs !== undefined && from >= sequence.promptLength;
    const to = sequence.chunkEnd(manyRows ? Math.min(chunk, maxLogitRows) : chunk, rest);
    const cache = cacheOf(sequence);
    const rows = sequence.logitRows(from, to);
    const ids = Int32Array.from(this.#inPairs(sequence, from, [...sequence.ids(from, to)]));
    const embeds = await this.#runtime.embed(ids);
    const [logits] = await this.#runtime.forward([
      {
        cache,
        embeds,
        deepstack: media?.place(embeds, from, to),
        ...this.#angles(sequence, from, from + ids.length),
        isPrompt: from < sequence.promptLength,
        logitRows: this.#inPairs(sequence, from, rows),
      },
    ]);
    cache.truncate(to);
    if (to >= sequence.promptLength) sequence.media = undefined;
    if (logits) sequence.advance(from, to, this.#first(rows.length, logits), this.#sampler);
  }

  /**
   * One token for each of the sequences, all of which are decoding, in one pass over the weights.
   * @returns the sequences that cannot go on: no token could be chosen for them, which is no matter of the others
   */
  async decode(sequences: readonly Sequence[]): Promise<readonly FailedSequence[]> {
    const { hiddenSize } = this.#config.text;
    const ids = sequences.map((sequence) => sequence.ids(sequence.fed, sequence.fed + 1));
    const embeds = await this.#runtime.embed(Int32Array.from(ids.flatMap((id) => [...id])));
    const inputs = sequences.map((sequence, row): DecoderInput => ({
      cache: cacheOf(sequence),
      embeds: embeds.subarray(row * hiddenSize, (row + 1) * hiddenSize),
      ...this.#angles(sequence, sequence.fed, sequence.fed + 1),
      logitRows: [0],
    }));
    const logits = await this.#runtime.forward(inputs);
    const failed: FailedSequence[] = [];
    for (const [row, sequence] of sequences.entries()) {
      const own = logits[row];
      try {
        if (own) sequence.advance(sequence.fed - 1, sequence.fed, own, this.#sampler);
      } catch (error) {
        failed.push({ sequence, error });
      }
    }
    return failed;
  }

  /**
   * One step of a sequence that is drafting: its known tokens, and those that may come after them.
   * The choice of a token is the one that there would be without the others; those that do not come are forgotten.
   */
  async decodeDrafted(sequence: Sequence): Promise<void> {
    const cache = cacheOf(sequence);
    const { fed: from, length } = sequence;
    const draft = sequence.draft();
    const tried = [...sequence.ids(from, length), ...draft];
    const ids = Int32Array.from(this.#inPairs(sequence, from, tried));
    const firstRow = sequence.request.topLogprobs === undefined ? length - 1 - from : 0;
    const rows = Array.from({ length: tried.length - firstRow }, (_, row) => firstRow + row);
    const [logits] = await this.#runtime.forward([
      {
        cache,
        embeds: await this.#runtime.embed(ids),
        ...this.#angles(sequence, from, from + ids.length),
        logitRows: this.#inPairs(sequence, from, rows),
      },
    ]);
    if (!logits) return;
    const own = this.#first(rows.length, logits);
    const kept = sequence.advanceDrafted(tried, rows.length, own, this.#sampler);
    cache.truncate(from + kept);
  }

  /**
   * Kernels take rows two at a time, and one that is left over rounds otherwise, unless rows are exact. Where the number
   * of rows depends on guesses, the last of an odd number is given twice, so that guesses do not show in the numbers;
   * what comes of it is forgotten.
   */
  #inPairs({ request, promptLength }: Sequence, from: number, rows: number[]): number[] {
    const isOdd = rows.length % 2 === 1;
    const isTried = request.drafter?.active === true && from >= promptLength;
    return isOdd && isTried && !this.exactRows ? [...rows, rows.at(-1) ?? 0] : rows;
  }

  #first(rows: number, logits: Float32Array): Float32Array {
    return logits.subarray(0, rows * this.#config.text.vocabSize);
  }

  /** A chunk lies in the prompt or in the answer, never across. */
  #angles({ request, promptLength }: Sequence, from: number, to: number): RotaryTable {
    if (from < promptLength) return this.#rotary.range(request.prompt.positions, from, to);
    return this.#rotary.text(
      Array.from({ length: to - from }, (_, row) => from + row + request.prompt.ropeDelta),
    );
  }
}

function cacheOf({ cache }: Sequence): NonNullable<Sequence['cache']> {
  if (!cache) throw new Error('the sequence was not started');
  return cache;
}
