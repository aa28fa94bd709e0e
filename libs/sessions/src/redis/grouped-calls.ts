interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

// Far shorter than any lease or timer; a thousand open streams then cost twenty calls a second instead of hundreds.
const groupMs = 50;
// One script holds up everybody else no longer than a page of events does.
const most = 100;

/** Carries out in few calls what many sessions ask for at their own times: renewals of leases, presence of readers. */
export class GroupedCalls<Item, Answer> {
  readonly #send: (items: readonly Item[]) => Promise<readonly Answer[]>;
  #waiting: Waiting<Item, Answer>[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param send carries all out, and answers for each in the same order */
  constructor(send: (items: readonly Item[]) => Promise<readonly Answer[]>) {
    this.#send = send;
  }

  /** What `send` answers for this item. @throws what it throws for the group */
  call(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= most) void this.#sendAll();
      else this.#timer ??= setTimeout(() => void this.#sendAll(), groupMs);
    });
  }

  async #sendAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#waiting;
    this.#waiting = [];
    try {
      const answers = await this.#send(group.map(({ item }) => item));
      for (const [at, { resolve, reject }] of group.entries()) {
        const answer = answers[at];
        if (answer === undefined) reject(new Error('Redis answered for fewer than were asked for.'));
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
