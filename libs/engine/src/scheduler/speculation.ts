import { PromptLookup } from './prompt-lookup.js';

/** Guesses the next tokens of one answer. What it does is a function of the prompt and the answer's tokens alone. */
export interface Drafter {
  /** False while guesses would not pay: steps are then as they are without a drafter. */
  readonly active: boolean;
  /** Told of every token of the answer in order. */
  add(id: number): void;
  /**
   * Tokens to try beside those that are known, at most `most`; may be none.
   * @param known tokens of the answer that it was not told of yet: guesses begin after them
   */
  draft(most: number, known: readonly number[]): readonly number[];
}

/** Rows of a step, the known token's among them, and from what share of tokens that are guessed right they pay. */
type Widths = readonly { readonly rows: number; readonly from: number }[];

/**
 * With a share of p, a step of n rows gives 1 + p + … + p^(n-1) tokens. How long it takes is by
 * `npm run bench:speculation`: with exact rows steps of 2, 4, 8 and 16 rows some 1.0 to 1.1, 1.1 to 1.3, 1.6 to 1.8 and
 * 2.8 to 2.9 times as long as one of a single row, otherwise 1.1 to 1.3, 1.3 to 1.9, 2.0 to 3.3 and 3.1 to 4.7.
 */
const widths: Record<'exact' | 'paired', Widths> = {
  exact: [
    { rows: 16, from: 0.97 },
    { rows: 8, from: 0.84 },
    { rows: 4, from: 0.4 },
    { rows: 2, from: 0.15 },
  ],
  paired: [
    { rows: 16, from: 0.97 },
    { rows: 8, from: 0.88 },
    { rows: 4, from: 0.7 },
    { rows: 2, from: 0.25 },
  ],
};

/** What an earlier guess still counts when a further token has come: some ten are remembered. */
const memory = 0.9;

/** Tokens at the end of the prompt that a predicted answer is taken to have come after. */
const tail = 32;

/**
 * Guesses by looking up prompt and answer (Saxena 2023, "Prompt lookup decoding"). It guesses every token, also while
 * none is tried, and how many are tried follows from how many of the last guesses were right: none at first. An answer
 * that was predicted is looked up like an earlier one to the same prompt, and trusted at first.
 */
export class Speculation implements Drafter {
  readonly #prompt: ArrayLike<number>;
  readonly #prediction: readonly number[];
  readonly #widths: Widths;
  #lookup: PromptLookup | undefined;
  /** Guesses and those that were right, the older ones counting less. */
  #guessed = 10;
  #right: number;
  #next: number | undefined;

  /**
   * @param prompt is read when the first token comes
   * @param prediction what the answer is expected to be, or to have much of
   * @param exactRows as `Runtime.exactRows`: wide steps cost less there
   */
  constructor(prompt: ArrayLike<number>, prediction: readonly number[] = [], exactRows = false) {
    this.#prompt = prompt;
    this.#prediction = prediction;
    this.#widths = exactRows ? widths.exact : widths.paired;
    this.#right = prediction.length > 0 ? this.#guessed : 0;
  }

  get active(): boolean {
    return this.#rows > 1;
  }

  add(id: number): void {
    this.#lookup ??= new PromptLookup(this.#known());
    this.#guessed = this.#guessed * memory + 1;
    this.#right = this.#right * memory + (id === this.#next ? 1 : 0);
    this.#lookup.add(id);
    [this.#next] = this.#lookup.draft(1);
  }

  draft(most: number, known: readonly number[]): readonly number[] {
    const guesses = this.#lookup?.draft(known.length + Math.min(most, this.#rows - 1)) ?? [];
    return known.every((id, at) => id === guesses[at]) ? guesses.slice(known.length) : [];
  }

  #known(): number[] {
    const prompt = Array.from(this.#prompt);
    if (this.#prediction.length === 0) return prompt;
    return [...prompt.slice(-tail), ...this.#prediction, ...prompt];
  }

  get #rows(): number {
    const share = this.#right / this.#guessed;
    return this.#widths.find(({ from }) => share >= from)?.rows ?? 1;
  }
}
