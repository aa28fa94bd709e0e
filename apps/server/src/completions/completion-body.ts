import { type CompletionRequest, parseCompletionRequest } from '@qwenvl/openai';
import { laneOf } from '../chat/lane.js';

/** A plain completion request: checked, and still as it was sent, which is the form that goes into the log. */
export interface CompletionBody {
  readonly request: CompletionRequest;
  /** Whose turn it takes in the queue, and whose earlier prompts it may share. */
  readonly lane: string;
  /** The body as it was sent. */
  toJSON(): unknown;
}

/**
 * Checks a body.
 *
 * @param lane Requests of one lane wait for each other, not for other lanes; a key's name, say.
 * @throws ApiError 400 that names the field at fault.
 */
export function parseCompletionBody(sent: unknown, lane = 'default'): CompletionBody {
  const request = parseCompletionRequest(sent);
  return { request, lane: laneOf(lane, request.user), toJSON: () => sent };
}
