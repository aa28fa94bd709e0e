import { setImmediate as nextTurn } from 'node:timers/promises';
import { EngineError } from '../errors.js';
import { batchGroups } from './batch-groups.js';
import { PrefixCache, type PrefixCut } from './prefix-cache.js';
import type { SchedulerLimits } from './scheduler-limits.js';
import type { Sequence } from './sequence.js';
import type { Stepper } from './stepper.js';

/**
 * Shares the runtime among sequences. Each turn runs one piece of work for the first sequence that is not decoding yet
 * (frames of its media, or a chunk of its prompt), then one decode step for all that are. Requests join and leave
 * between steps, and are admitted in order while the caches stay within their bound. When decoding would
 * exceed it, the sequence admitted last gives up its cache and waits at the head of the queue to be computed again.
 * `deterministic` limits keep sequences apart, so that one's numbers never depend on the others.
 */
export class Scheduler {
  readonly #stepper: Stepper;
  readonly #limits: SchedulerLimits;
  readonly #prefixes = new PrefixCache();
  readonly #queue: Sequence[] = [];
  readonly #active: Sequence[] = [];
  #running: Promise<void> | undefined;

  constructor(stepper: Stepper, limits: SchedulerLimits) {
    this.#stepper = stepper;
    this.#limits = limits;
  }

  /** Requests that are computed or wait. */
  get load(): { readonly active: number; readonly queued: number } {
    return { active: this.#active.length, queued: this.#queue.length };
  }

  /** @throws EngineError `queue-full` when no further request may wait */
  requireRoom(): void {
    const { maxQueued, maxSequences } = this.#limits;
    const going = [...this.#queue, ...this.#active].filter(({ cancelled }) => !cancelled);
    if (going.length < maxQueued + maxSequences) return;
    throw new EngineError(
      'queue-full',
      `The queue holds its limit of ${maxQueued} requests. Try again later.`,
    );
  }

  /**
   * Adds a sequence; its listener hears of everything else.
   * @throws EngineError `queue-full`
   */
  submit(sequence: Sequence): void {
    this.requireRoom();
    this.#queue.push(sequence);
    this.#running ??= this.#run();
  }

  /** Cancels everything and waits until no step is running. */
  async stop(): Promise<void> {
    for (const sequence of [...this.#queue, ...this.#active]) sequence.cancelled = true;
    await this.#running;
    this.#prefixes.shrink(0);
  }

  async #run(): Promise<void> {
    while (this.#queue.length + this.#active.length > 0) {
      await nextTurn(); // lets messages in: a cancellation takes effect before the next step
      this.#dropEnded();
      this.#admit();
      const waiting = this.#active.find((sequence) => !sequence.decoding);
      if (waiting) {
        await this.#guarded([waiting], () => this.#prefill(waiting));
        await nextTurn();
        this.#dropEnded();
      }
      await this.#decode();
      this.#dropEnded();
    }
    // Not after an await: what is submitted from now on has to start it again.
    this.#running = undefined;
  }

  #dropEnded(): void {
    for (const list of [this.#active, this.#queue]) {
      for (const sequence of list.filter(({ cancelled, answer }) => cancelled || answer.ended)) {
        this.#keepPrefix(sequence);
        this.#remove(sequence);
        sequence.listener.event(sequence.finish());
      }
    }
  }

  #remove(sequence: Sequence): void {
    sequence.release();
    for (const list of [this.#active, this.#queue]) {
      const index = list.indexOf(sequence);
      if (index >= 0) list.splice(index, 1);
    }
  }

  #admit(): void {
    const { maxSequences, maxCachedTokens, prefillChunk, deterministic } = this.#limits;
    while (this.#active.length < maxSequences) {
      const [next] = this.#queue;
      if (!next) return;
      // Whoever gave way would be computed again in other chunks: a deterministic sequence never has to.
      const reserved = this.#active.reduce((sum, { maxLength }) => sum + maxLength, 0);
      const fits = deterministic
        ? reserved + next.maxLength <= maxCachedTokens
        : this.#tokens() + next.length + prefillChunk <= maxCachedTokens;
      if (this.#active.length > 0 && !fits) return;
      this.#queue.shift();
      this.#start(next);
      this.#active.push(next);
    }
  }

  /** Admits a sequence with what is known of its prompt; the room that it takes is taken from what is kept. */
  #start(sequence: Sequence): void {
    const { maxCachedTokens, prefillChunk, deterministic, prefixCache } = this.#limits;
    const needed = deterministic ? sequence.maxLength : sequence.length + prefillChunk;
    const room = maxCachedTokens - this.#tokens() - needed;
    const key = sequence.prefixKey(sequence.promptLength);
    const cache = prefixCache ? this.#prefixes.take(key, this.#prefixCut(), room) : undefined;
    this.#prefixes.shrink(room);
    this.#stepper.start(sequence, cache);
  }

  /**
   * Keeps the prompt of a sequence that leaves, as far as it was computed, in whole units; with exact rows its answer
   * too, which a prompt will not compute otherwise than it was decoded.
   */
  #keepPrefix(sequence: Sequence): void {
    const { cache, promptLength } = sequence;
    if (!cache || !this.#limits.prefixCache) return;
    const { unit } = this.#prefixCut();
    const most = this.#exactRows ? cache.length : Math.min(cache.length, promptLength);
    const length = Math.floor(most / unit) * unit;
    this.#prefixes.keep(sequence.prefixKey(length), cache);
    sequence.cache = undefined;
  }

  /** Tokens that the caches hold or will when their known tokens are in. */
  #tokens(): number {
    return this.#active.reduce((sum, { length }) => sum + length, 0);
  }

  async #prefill(sequence: Sequence): Promise<void> {
    const { prefillChunk, sharedPrefillChunk, deterministic } = this.#limits;
    const shared = !deterministic && this.#active.some(({ decoding }) => decoding);
    const { rest } = this.#prefixCut();
    await this.#stepper.prefill(sequence, shared ? sharedPrefillChunk : prefillChunk, rest);
  }

  /**
   * Where a known prompt may be cut without a trace in the numbers: at whole tiles of rows. A row that is computed alone
   * takes another kernel, so two are left at least, and chunks never leave one. With exact rows it is anywhere.
   * `deterministic` rests on neither: it cuts at the borders of chunks only.
   */
  #prefixCut(): PrefixCut {
    if (this.#limits.deterministic) return { unit: this.#limits.prefillChunk, rest: 1 };
    return this.#exactRows ? { unit: 1, rest: 1 } : { unit: rowTile, rest: 2 };
  }

  get #exactRows(): boolean {
    return this.#stepper.exactRows && !this.#limits.deterministic;
  }

  async #decode(): Promise<void> {
    this.#makeRoom();
    const ready = this.#active.filter(({ decoding }) => decoding);
    const [only] = ready;
    if (only?.drafting === true && ready.length === 1) {
      await this.#guarded(ready, () => this.#stepper.decodeDrafted(only));
      return;
    }
    for (const group of this.#groups(ready)) {
      await this.#guarded(group, async () => {
        for (const { sequence, error } of await this.#stepper.decode(group)) this.#fail(sequence, error);
      });
    }
  }

  /** Sequences that share a decode step. */
  #groups(ready: readonly Sequence[]): (readonly Sequence[])[] {
    if (this.#limits.deterministic) return ready.map((sequence) => [sequence]);
    const groups = batchGroups(ready.map(({ length }) => length));
    return groups.map((indexes) => indexes.flatMap((index) => ready[index] ?? []));
  }

  /** Sends the sequences admitted last back to the queue while the next step would exceed the bound. */
  #makeRoom(): void {
    this.#prefixes.shrink(this.#limits.maxCachedTokens - this.#tokens() - this.#active.length);
    while (this.#active.length > 1 && this.#tokens() + this.#active.length > this.#limits.maxCachedTokens) {
      const last = this.#active.pop();
      if (!last) return;
      last.release();
      this.#queue.unshift(last);
    }
  }

  /** Runs a step; what it throws ends the sequences that took part and no others. */
  async #guarded(sequences: readonly Sequence[], step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      for (const sequence of sequences) this.#fail(sequence, error);
    }
  }

  #fail(sequence: Sequence, error: unknown): void {
    this.#remove(sequence);
    sequence.listener.failed(error);
  }
}

/**
 * Rows that kernels take at a time, at most: a row rounds as it did before when it has the same place among so many.
 * Chunks are multiples of it.
 */
const rowTile = 8;
