const looks = 4;

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

  /** A call is being sent. */
  sent(): void {
    this.#due += 1;
    this.#timer ??= this.#start();
  }

  /** A call was answered, or has failed. */
  answered(): void {
    this.#due -= 1;
    this.#answers += 1;
    if (this.#due > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  // Silence is counted in looks: one is all that passes while this process itself is too busy to send or read.
  #start(): NodeJS.Timeout {
    let seen = this.#answers;
    let silent = 0;
    return setInterval(() => {
      silent = this.#answers === seen ? silent + 1 : 0;
      seen = this.#answers;
      if (silent < looks) return;
      silent = 0;
      this.#onSilence();
    }, this.#withinMs / looks);
  }
}
