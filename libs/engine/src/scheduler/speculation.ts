import { PromptLookup } from './prompt-lookup.js';

/** Guesses the next tokens of one answer, and learns from what became of its guesses. */
export interface Drafter {
  /** Told of every token of the answer in order. */
  add(id: number): void;
  /** Tokens to try beside the one that is known, at most `most`; may be none. */
  draft(most: number): readonly number[];
  /** Told how many of the tokens that were tried have come, from the first on. */
  learn(tried: number, came: number): void;
}

/**
 * Rows of a step, the known token's among them, and from what share of guesses that come true they pay: with a share
 * of p, a step of n rows gives 1 + p + … + p^(n-1) tokens, and steps of 2, 4 and 8 rows take 1.06, 1.4 and 1.8 times
 * as long as one of a single row (random 2B, q4, AVX-512). Two rows are the least, see `docs/decisions`.
 */
const widths = [
  { rows: 8, from: 0.73 },
  { rows: 4, from: 0.57 },
  { rows: 2, from: 0 },
] as const;

/** What an earlier guess still counts when a further one has been tried: some ten are remembered. */
const memory = 0.9;

/**
 * Guesses by looking up prompt and answer (Saxena 2023, "Prompt lookup decoding"). How far it guesses follows from
 * how many of the last guesses came true; where few do, it tries one token, in the row that every step has beside
 * that of the known token. All of that is a function of the tokens alone.
 */
export class Speculation implements Drafter {
  readonly #prompt: Iterable<number>;
  #lookup: PromptLookup | undefined;
  #tried = 2;
  #came = 1;

  /** @param prompt is read when the first guess is made */
  constructor(prompt: Iterable<number>) {
    this.#prompt = prompt;
  }

  add(id: number): void {
    this.#index().add(id);
  }

  draft(most: number): readonly number[] {
    return this.#index().draft(Math.min(most, this.rows - 1));
  }

  learn(tried: number, came: number): void {
    for (let index = 0; index < Math.min(tried, came + 1); index += 1) {
      this.#tried = this.#tried * memory + 1;
      this.#came = this.#came * memory + (index < came ? 1 : 0);
    }
  }

  /** Rows of the next step at most. */
  get rows(): number {
    const share = this.#came / this.#tried;
    return widths.find(({ from }) => share >= from)?.rows ?? 2;
  }

  #index(): PromptLookup {
    return (this.#lookup ??= new PromptLookup(this.#prompt));
  }
}
