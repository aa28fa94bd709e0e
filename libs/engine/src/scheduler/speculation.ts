import { PromptLookup } from './prompt-lookup.js';

/** Guesses the next tokens of one answer. What it does is a function of the prompt and the answer's tokens alone. */
export interface Drafter {
  /** False while guesses would not pay: steps are then as they are without a drafter. */
  readonly active: boolean;
  /** Told of every token of the answer in order. */
  add(id: number): void;
  /** Tokens to try beside the one that is known, at most `most`; may be none. */
  draft(most: number): readonly number[];
}

/**
 * Rows of a step, the known token's among them, and from what share of tokens that are guessed right they pay: with a
 * share of p, a step of n rows gives 1 + p + … + p^(n-1) tokens, and steps of 2, 4 and 8 rows take some 1.1, 1.6 and
 * 2.2 times as long as one of a single row (`npm run bench:speculation`).
 */
const widths = [
  { rows: 8, from: 0.8 },
  { rows: 4, from: 0.67 },
  { rows: 2, from: 0.25 },
] as const;

/** What an earlier guess still counts when a further token has come: some ten are remembered. */
const memory = 0.9;

/**
 * Guesses by looking up prompt and answer (Saxena 2023, "Prompt lookup decoding"). It guesses every token, also while
 * none is tried, and how many are tried follows from how many of the last guesses were right: none at first.
 */
export class Speculation implements Drafter {
  readonly #prompt: Iterable<number>;
  #lookup: PromptLookup | undefined;
  /** Guesses and those that were right, the older ones counting less. */
  #guessed = 10;
  #right = 0;
  #next: number | undefined;

  /** @param prompt is read when the first token comes */
  constructor(prompt: Iterable<number>) {
    this.#prompt = prompt;
  }

  get active(): boolean {
    return this.#rows > 1;
  }

  add(id: number): void {
    this.#lookup ??= new PromptLookup(this.#prompt);
    this.#guessed = this.#guessed * memory + 1;
    this.#right = this.#right * memory + (id === this.#next ? 1 : 0);
    this.#lookup.add(id);
    [this.#next] = this.#lookup.draft(1);
  }

  draft(most: number): readonly number[] {
    return this.#lookup?.draft(Math.min(most, this.#rows - 1)) ?? [];
  }

  get #rows(): number {
    const share = this.#right / this.#guessed;
    return widths.find(({ from }) => share >= from)?.rows ?? 1;
  }
}
