import { type ChatRequest, parseChatRequest } from '@qwenvl/openai';
import { laneOf } from './lane.js';

/** A chat completion request: checked, and still as it was sent, which is the form that goes into the log. */
export interface ChatBody {
  readonly request: ChatRequest;
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
export function parseChatBody(sent: unknown, lane = 'default'): ChatBody {
  const request = parseChatRequest(sent);
  return { request, lane: laneOf(lane, request.user ?? request.safety_identifier), toJSON: () => sent };
}
