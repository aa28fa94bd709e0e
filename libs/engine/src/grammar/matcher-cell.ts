import type { AllowMask } from '../sampling/allow-mask.js';

/** Longest forced text that is handed over at a time, in bytes; more of it follows with the next token. */
const maxForcedBytes = 4096;

const versionAt = 0;
const flagsAt = 1;
const forcedLengthAt = 2;
const headerWords = 3;

const rejected = 1;
const ended = 2;
const failed = 4;

/** Where a matcher stands. */
export interface MatcherState {
  /** False where the grammar did not have the last token. */
  readonly isAccepted: boolean;
  readonly isEnded: boolean;
  /** True where the grammar library gave up. */
  readonly isFailed: boolean;
  readonly forced: string;
  readonly mask: AllowMask;
}

/**
 * Memory that the thread of a matcher writes and the thread of its answer reads: `[version, flags, length of the
 * forced text]`, the mask, the forced text as UTF-8. One writer, one reader, in turns.
 */
export class MatcherCell {
  readonly buffer: SharedArrayBuffer;
  readonly #header: Int32Array;
  readonly #mask: Uint32Array;
  readonly #forced: Uint8Array;

  /** @param buffer that of the cell on the other side; absent: a new one */
  constructor(
    vocabSize: number,
    buffer = new SharedArrayBuffer((headerWords + Math.ceil(vocabSize / 32)) * 4 + maxForcedBytes),
  ) {
    const maskWords = Math.ceil(vocabSize / 32);
    this.buffer = buffer;
    this.#header = new Int32Array(buffer, 0, headerWords);
    this.#mask = new Uint32Array(buffer, headerWords * 4, maskWords);
    this.#forced = new Uint8Array(buffer, (headerWords + maskWords) * 4, maxForcedBytes);
  }

  /** Lets the reader go on. */
  write(state: MatcherState): void {
    const { written } = new TextEncoder().encodeInto(state.forced, this.#forced);
    this.#mask.set(state.mask);
    this.#header[forcedLengthAt] = written;
    this.#header[flagsAt] =
      (state.isAccepted ? 0 : rejected) | (state.isEnded ? ended : 0) | (state.isFailed ? failed : 0);
    Atomics.add(this.#header, versionAt, 1);
    Atomics.notify(this.#header, versionAt);
  }

  /**
   * Waits until the cell has been written `version` times.
   * @returns undefined where that took longer than `timeout` milliseconds
   */
  read(version: number, timeout: number): MatcherState | undefined {
    const deadline = performance.now() + timeout;
    for (;;) {
      const current = Atomics.load(this.#header, versionAt);
      if (current >= version) break;
      const left = deadline - performance.now();
      if (left <= 0) return undefined;
      Atomics.wait(this.#header, versionAt, current, left);
    }
    const flags = this.#header[flagsAt] ?? 0;
    return {
      isAccepted: (flags & rejected) === 0,
      isEnded: (flags & ended) !== 0,
      isFailed: (flags & failed) !== 0,
      forced: new TextDecoder().decode(this.#forced.slice(0, this.#header[forcedLengthAt])),
      mask: this.#mask.slice(),
    };
  }
}
