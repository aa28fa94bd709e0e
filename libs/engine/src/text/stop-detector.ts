import { EngineError } from '../errors.js';

/** Most stop strings in a request. */
export const maxStopStrings = 64;
/** Longest stop string in UTF-16 units. It bounds how much text can be held back. */
export const maxStopLength = 1024;

export interface StopProgress {
  /** Text that can no longer be part of a stop string; may be empty. */
  readonly text: string;
  /** The stop string that ended the text; undefined while the text goes on. */
  readonly stop?: string;
}

/**
 * Watches streamed text for stop strings, wherever the pieces are cut. It holds back only what may still become a
 * stop string. The string that is complete first ends the text (the longest, of those complete at the same
 * character), so the result does not depend on how the text was cut.
 */
export class StopDetector {
  readonly #stops: readonly string[];
  #held = '';

  /** @throws {EngineError} `invalid-request`: too many, empty, too long, or with half a surrogate pair. */
  constructor(stops: readonly string[]) {
    if (stops.length > maxStopStrings)
      throw new EngineError('invalid-request', `At most ${maxStopStrings} stop strings are allowed.`);
    for (const stop of stops) {
      if (stop.length === 0 || stop.length > maxStopLength || /\p{Surrogate}/u.test(stop))
        throw new EngineError(
          'invalid-request',
          `A stop string must have 1 to ${maxStopLength} characters and be well-formed Unicode.`,
        );
    }
    this.#stops = stops;
  }

  /** Takes the next piece. After a stop was reported, later pieces start a new text. */
  push(piece: string): StopProgress {
    const text = this.#held + piece;
    const found = this.#first(text);
    if (found) {
      this.#held = '';
      return { text: text.slice(0, found.end - found.stop.length), stop: found.stop };
    }
    const certain = text.length - this.#possibleStart(text);
    this.#held = text.slice(certain);
    return { text: text.slice(0, certain) };
  }

  /** Ends the text and gives what was held back: a possible stop string that never completed. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #first(text: string): { stop: string; end: number } | undefined {
    let best: { stop: string; end: number } | undefined;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at < 0) continue;
      const end = at + stop.length;
      if (!best || end < best.end || (end === best.end && stop.length > best.stop.length))
        best = { stop, end };
    }
    return best;
  }

  /** Length of the longest end of `text` that begins some stop string. */
  #possibleStart(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (stop.startsWith(text.slice(text.length - length))) longest = length;
      }
    }
    return longest;
  }
}
