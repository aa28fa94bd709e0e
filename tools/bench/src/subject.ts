/** How long one answer took, in milliseconds. */
export interface Timing {
  /** From the request to the first token. */
  readonly first: number;
  /** Between one token and the next. */
  readonly steps: readonly number[];
}

/** A prompt that was computed and is kept, so that its decoding can be measured in turn with others'. */
export interface HeldPrompt {
  /** Milliseconds that its computation took. */
  readonly filled: number;
  /** Milliseconds of so many decode steps from the end of the prompt; each call starts there anew. */
  steps(count: number): Promise<readonly number[]>;
}

/** An engine that is measured. */
export interface Subject {
  readonly name: string;
  /** Version, kernels and settings, as far as it tells. */
  readonly description: string;
  /** Milliseconds that loading took. */
  readonly loaded: number;
  /** Bytes of memory that it takes after loading, of all its processes. */
  readonly memory: number;
  /** A greedy answer of exactly so many tokens to a prompt of token ids. */
  answer(prompt: readonly number[], tokens: number): Promise<Timing>;
  /** Computes a prompt and keeps it until the next one. */
  hold(prompt: readonly number[]): Promise<HeldPrompt>;
  /** Several answers at the same time; undefined where that is not measured. */
  readonly answerAll?: (prompts: readonly (readonly number[])[], tokens: number) => Promise<Timing[]>;
  close(): Promise<void>;
}

/** Collects the times of one answer's tokens. */
export async function timeTokens(tokens: AsyncIterable<unknown>, count: number): Promise<Timing> {
  const started = performance.now();
  const times: number[] = [];
  for await (const token of tokens) {
    if (token !== undefined) times.push(performance.now());
    if (times.length === count) break;
  }
  return {
    first: (times[0] ?? NaN) - started,
    steps: times.slice(1).map((time, index) => time - (times[index] ?? NaN)),
  };
}
