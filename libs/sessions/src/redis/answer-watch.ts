/**
 * Notices a connection that has fallen silent while answers are due, as when the other machine has lost its power:
 * no error ever comes then. Redis answers in order, so any answer shows that it is there. One timer serves all calls.
 */
export class AnswerWatch {
  readonly #withinMs: number;
  readonly #onSilence: () => void;
  #due = 0;
  #answers = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param withinMs how long the next answer may take, in milliseconds */
  constructor(withinMs: number, onSilence: () => void) {
    this.#withinMs = withinMs;
    this.#onSilence = onSilence;
  }

  /** A call was sent. */
  sent(): void {
    this.#due += 1;
    if (this.#due === 1) this.#restart();
  }

  /** A call was answered, or has failed. */
  answered(): void {
    this.#due -= 1;
    this.#answers += 1;
    if (this.#due > 0) this.#restart();
    else this.close();
  }

  /** Ends the watching until the next call. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #restart(): void {
    this.#timer ??= setTimeout(() => {
      this.#check();
    }, this.#withinMs);
    this.#timer.refresh();
  }

  // In a process that was busy for that long the answer may lie in the socket already: it is read first.
  #check(): void {
    const seen = this.#answers;
    setImmediate(() => {
      if (this.#due === 0) return;
      if (this.#answers === seen) this.#onSilence();
      this.#restart();
    });
  }
}
