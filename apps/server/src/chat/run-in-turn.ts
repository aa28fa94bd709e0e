import type { Ticket } from '../admission/admission.js';
import type { StreamStep } from '../sessions/ports.js';
import { toApiError } from './engine-error.js';

/** Waits for the request's turn, then runs it; the deadline ends it with an error, a cancel with a last step. */
export async function* runInTurn(
  ticket: Ticket,
  signal: AbortSignal,
  deadline: AbortSignal,
  stream: { cancelled: () => StreamStep; steps: (signal: AbortSignal) => AsyncIterable<StreamStep> },
): AsyncGenerator<StreamStep> {
  try {
    await ticket.start(signal);
  } catch {
    deadline.throwIfAborted();
    yield stream.cancelled();
    return;
  }
  try {
    for await (const step of stream.steps(signal)) {
      if (step.end?.cancelled === true) deadline.throwIfAborted();
      yield step;
    }
  } catch (error) {
    throw toApiError(error);
  } finally {
    ticket.release();
  }
}
