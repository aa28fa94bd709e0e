/** Most tokens that are known to the index; when there are more, the older half is forgotten. */
const maxTokens = 65_536;
/** Earlier places that are looked at for one draft, the latest first. */
const maxPlaces = 16;
/** Tokens before a place that are compared, at most. */
const longestMatch = 32;

/**
 * Guesses how a sequence goes on: as it went on after the latest place that had most of the same tokens before it.
 * Answers that repeat their prompt (a text that is corrected, code that is changed, a document that is quoted) are
 * guessed well. After a token that is another than guessed the guesses go on beside it, until some place fits better.
 */
export class PromptLookup {
  #ids: number[] = [];
  /** The place whose token is the next guess; -1: none. */
  #place = -1;
  /** Tokens before that place that are the last ones too; half of them after a token that is not. */
  #match = 0;
  /** Latest place after each pair of tokens. */
  #places = new Map<number, number>();
  /** For each place, the one before it that has the same pair before it; -1: none. */
  #earlier: number[] = [];

  /** @param ids below 2^26 */
  constructor(ids: Iterable<number>) {
    for (const id of ids) this.#push(id);
    this.#find();
  }

  /** The next token of the sequence. */
  add(id: number): void {
    const foreseen = this.#ids[this.#place] === id;
    this.#push(id);
    // There is none where nothing was found, and where it was just forgotten.
    if (this.#place >= 0) {
      this.#match = foreseen ? Math.min(this.#match + 1, longestMatch) : this.#match >> 1;
      this.#place = this.#match > 0 ? this.#place + 1 : -1;
    }
    this.#find();
  }

  /** Up to `most` tokens that may come next; none where nothing was found since the beginning. */
  draft(most: number): number[] {
    const place = this.#place;
    if (place < 0) return [];
    // Where the place is near the end, what repeats is taken to go on repeating.
    const period = this.#ids.length - place;
    return Array.from({ length: most }, (_, index) => this.#ids[place + (index % period)] ?? 0);
  }

  #push(id: number): void {
    if (this.#ids.length >= maxTokens) this.#forget();
    const place = this.#ids.length;
    const pair = this.#lastPair();
    this.#ids.push(id);
    this.#earlier.push(pair === undefined ? -1 : (this.#places.get(pair) ?? -1));
    if (pair !== undefined) this.#places.set(pair, place);
  }

  /** Takes the place after the longest match, where there is a longer one than that of the present place. */
  #find(): void {
    const pair = this.#lastPair();
    let place = pair === undefined ? -1 : (this.#places.get(pair) ?? -1);
    for (let looked = 0; place >= 0 && looked < maxPlaces; looked += 1) {
      const match = this.#matchBefore(place);
      if (match > this.#match) [this.#place, this.#match] = [place, match];
      place = this.#earlier[place] ?? -1;
    }
  }

  #lastPair(): number | undefined {
    const [first, second] = this.#ids.slice(-2);
    return first === undefined || second === undefined ? undefined : first * 2 ** 26 + second;
  }

  #matchBefore(place: number): number {
    const end = this.#ids.length;
    let length = 0;
    while (
      length < longestMatch &&
      length < place &&
      this.#ids[place - 1 - length] === this.#ids[end - 1 - length]
    )
      length += 1;
    return length;
  }

  #forget(): void {
    const kept = this.#ids.slice(-maxTokens / 2);
    this.#ids = [];
    this.#earlier = [];
    this.#places = new Map();
    [this.#place, this.#match] = [-1, 0];
    for (const id of kept) this.#push(id);
  }
}
