/** What one library made of one input; `error` where it threw or has no such path. */
export type Attempt<T> = { readonly value: T } | { readonly error: string };

/** Runs a step of a library and keeps what it throws. */
export async function attempt<T>(step: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await step() };
  } catch (error) {
    return { error: `throws "${error instanceof Error ? error.message : String(error)}"` };
  }
}

/** The same attempt, seen through a function that does not fail. */
export function mapAttempt<T, U>(result: Attempt<T>, map: (value: T) => U): Attempt<U> {
  return 'value' in result ? { value: map(result.value) } : result;
}

export const equal = 'equal';

/** Compares lists of numbers; tells how they first part. */
export function judgeNumbers(actual: ArrayLike<number>, expected: ArrayLike<number>): string {
  if (actual.length !== expected.length) return `${actual.length} for ${expected.length}`;
  for (let i = 0; i < actual.length; i++)
    if (actual[i] !== expected[i]) return `${actual[i] ?? ''} for ${expected[i] ?? ''} at ${i}`;
  return equal;
}
