import { ApiError } from '@qwenvl/openai';
import type { ClosingReason, StreamSource } from './ports.js';

/** Sources by the kind of request that they answer. The names stand in the log: they must not change. */
export type StreamSources = Readonly<Record<string, StreamSource<unknown>>>;

/** The terminal event of a stream whose own source is not there to write it. */
export function fallbackClosing(reason: ClosingReason): string {
  const message = reason.state === 'interrupted' ? reason.message : `The answer was ${reason.state}.`;
  return JSON.stringify(new ApiError({ status: 500, code: reason.state, message }).toBody());
}
