import { ApiError } from '@qwenvl/openai';

/** A time limit that runs. */
export interface Deadline {
  /** Aborts when the time is up, with a 504 as its reason. */
  readonly signal: AbortSignal;
  /** Stops the clock. */
  clear(): void;
}

/** Starts a time limit in seconds; 0 is none. */
export function startDeadline(seconds: number): Deadline {
  const controller = new AbortController();
  const expire = (): void => {
    const message = `The answer took longer than ${seconds} s.`;
    controller.abort(new ApiError({ status: 504, code: 'request_timeout', message }));
  };
  const timer = seconds > 0 ? setTimeout(expire, seconds * 1000).unref() : undefined;
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
    },
  };
}
