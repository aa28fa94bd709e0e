/**
 * Hands values from callbacks to one reader that awaits them. It needs no bound of its own: a generation's events are
 * bounded by its `maxTokens`.
 */
export class EventQueue<T> {
  readonly #values: T[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }

  /** The reader gets what came before, then this error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  /** The next value, when there is one. */
  async next(): Promise<T> {
    for (;;) {
      if (this.#values.length > 0) return this.#values.shift() as T;
      if (this.#failure) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
