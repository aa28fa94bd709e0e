import { setImmediate as nextTurn } from 'node:timers/promises';
import { EngineError } from '../errors.js';
import { batchGroups } from './batch-groups.js';
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
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Cancels everything and waits until no step is running. */
  async stop(): Promise<void> {
    for (const sequence of [...this.#queue, ...this.#active]) sequence.cancelled = true;
    await this.#running;
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
  }

  #dropEnded(): void {
    for (const list of [this.#active, this.#queue]) {
      for (const sequence of list.filter(({ cancelled, answer }) => cancelled || answer.ended)) {
        this.#remove(sequence);
        sequence.listener.event(sequence.answer.finish(sequence.promptLength));
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
      this.#stepper.start(next);
      this.#active.push(next);
    }
  }

  /** Tokens that the caches hold or will when their known tokens are in. */
  #tokens(): number {
    return this.#active.reduce((sum, { length }) => sum + length, 0);
  }

  async #prefill(sequence: Sequence): Promise<void> {
    const { prefillChunk, sharedPrefillChunk, deterministic } = this.#limits;
    const shared = !deterministic && this.#active.some(({ decoding }) => decoding);
    await this.#stepper.prefill(sequence, shared ? sharedPrefillChunk : prefillChunk);
  }

  async #decode(): Promise<void> {
    this.#makeRoom();
    const ready = this.#active.filter(({ decoding }) => decoding);
    for (const group of this.#groups(ready)) {
      await this.#guarded(group, () => this.#stepper.decode(group));
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
      for (const sequence of sequences) {
        this.#remove(sequence);
        sequence.listener.failed(error);
      }
    }
  }
}
