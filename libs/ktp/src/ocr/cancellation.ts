/** Asked between two steps of a longer job; an `AbortSignal` is one, and so is a flag shared between threads. */
export interface Cancellation {
  /** @throws when the job is no longer wanted */
  throwIfAborted(): void;
}
