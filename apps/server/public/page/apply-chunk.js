import { errorOf } from './api.js';

/**
 * Adds what a chunk of the stream brings to the answer.
 *
 * @param {import('./conversation.js').AssistantTurn} turn
 * @param {any} chunk
 */
export function applyChunk(turn, chunk) {
  const error = errorOf(chunk).message;
  if (error !== undefined) turn.error = error;
  const choice = chunk.choices?.[0];
  turn.text += choice?.delta?.content ?? '';
  turn.reasoning += choice?.delta?.reasoning_content ?? '';
  if (choice?.finish_reason) turn.note = noteOf(chunk, choice.finish_reason);
}

/**
 * @param {any} chunk
 * @param {string} reason
 */
function noteOf(chunk, reason) {
  const notes = [];
  if (chunk.cancelled) notes.push('Stopped.');
  else if (reason === 'length') notes.push('Cut off: this is the longest answer that the server gives.');
  if (chunk.dropped_turns > 0)
    notes.push('The conversation is too long for the model: its oldest turns were left out.');
  return notes.join(' ');
}
