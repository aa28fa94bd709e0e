/** Which tokens a sequence holds, as penalties need to know: those of the prompt, and how often each was generated. */
export class TokenHistory {
  readonly #seen: Set<number>;
  readonly #generated = new Map<number, number>();

  /** @param promptIds media pads included, as Hugging Face counts them */
  constructor(promptIds: Iterable<number>) {
    this.#seen = new Set(promptIds);
  }

  /** Records a generated token. */
  add(id: number): void {
    this.#seen.add(id);
    this.#generated.set(id, (this.#generated.get(id) ?? 0) + 1);
  }

  /** Every token of prompt and answer, once. */
  get seen(): Iterable<number> {
    return this.#seen;
  }

  /** Every generated token with its count. */
  get generated(): Iterable<readonly [id: number, count: number]> {
    return this.#generated;
  }
}
