import { EngineError } from '../errors.js';

/** Gives a code to errors of the native library and of allocations, which are told apart by their words alone. */
export async function guard<T>(what: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (/alloc|out of memory/i.test(message)) {
      throw new EngineError(
        'out-of-memory',
        `Not enough memory for ${what}. Use a smaller model, precision or context.`,
        { cause },
      );
    }
    throw new EngineError(
      'checkpoint-corrupt',
      `The graphs failed at ${what}. Delete the export to have it made anew.`,
      { cause },
    );
  }
}
