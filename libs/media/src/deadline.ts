import { MediaError } from './media-error.js';

/**
 * Runs work that ends at a deadline or with its caller's signal, whichever is first.
 *
 * @param what names the work in the error, "decoding the image".
 * @throws MediaError `timeout` at the deadline; the signal's reason when it is aborted.
 */
export async function withDeadline<T>(
  what: string,
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const onAbort = (): void => {
    controller.abort(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => {
    const message = `${what} took longer than ${milliseconds} ms, the limit here.`;
    controller.abort(new MediaError('timeout', message));
  }, milliseconds);
  try {
    return await work(controller.signal);
  } catch (error) {
    // What broke because of the abort is less telling than the abort's own reason.
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Settles with the promise, or rejects with the signal's reason as soon as it is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      reject(asError(signal.reason));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

/** The reason as an Error: callers may abort with anything. */
function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Aborted.', { cause: reason });
}
