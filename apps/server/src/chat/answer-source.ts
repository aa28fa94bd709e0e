import type { Admission, Ticket } from '../admission/admission.js';
import type { LoadedModel, ModelHost } from '../model/model-host.js';
import type { ClosingReason, PreparedStream, StreamStep, StreamUsage } from '../sessions/ports.js';
import type { ChunkWriter } from './choice-steps.js';
import { checkModelName } from './check-model-name.js';
import { startDeadline } from './deadline.js';
import { toApiError } from './engine-error.js';
import { toClosingError, toErrorEvent } from './stream-errors.js';

/** What every kind of answer is made of. */
export interface AnswerSourceOptions {
  readonly host: ModelHost;
  /** Shared by all kinds: they wait for the same engine. */
  readonly admission: Pick<Admission, 'enter'>;
  /** Longest time of one answer in seconds, waiting included; 0 is no limit. */
  readonly timeoutSeconds: number;
  /** Sees every stream pass, to measure it. `known`: tokens that are only replayed. */
  readonly observe?:
    ((steps: AsyncIterable<StreamStep>, known: number) => AsyncIterable<StreamStep>) | undefined;
}

/** What an answer has got once it was admitted. */
export interface Admitted {
  readonly model: LoadedModel;
  readonly ticket: Ticket;
  /** Aborts when the answer has taken too long. */
  readonly deadline: AbortSignal;
}

/** What decides whether a request is admitted, and in which turn. */
export interface Entry {
  /** The model that it names. */
  readonly name: string;
  readonly lane: string;
  /** Admitted before the restart: the model is loaded for it. */
  readonly recovering: boolean;
  /** Aborts when the client leaves before the answer was prepared. */
  readonly signal: AbortSignal;
  /** Refuses what the model cannot honour. */
  readonly check?: ((model: LoadedModel) => void) | undefined;
}

/**
 * Admits a request, waits for the model, then prepares it; what it took is given back where preparing fails, or else by `dispose`.
 *
 * @throws ApiError that the client must know before a stream starts
 */
export async function admitThenPrepare(
  { host, admission, timeoutSeconds }: AnswerSourceOptions,
  { name, lane, recovering, signal, check }: Entry,
  prepare: (admitted: Admitted) => Promise<Omit<PreparedStream, 'dispose'>>,
): Promise<PreparedStream> {
  checkModelName(name, host.id);
  const ticket = admission.enter(lane);
  const deadline = startDeadline(timeoutSeconds);
  const dispose = (): void => {
    ticket.release();
    deadline.clear();
  };
  try {
    if (recovering) await host.load();
    const model = await host.ready(AbortSignal.any([signal, deadline.signal]));
    check?.(model);
    return { ...(await prepare({ model, ticket, deadline: deadline.signal })), dispose };
  } catch (error) {
    dispose();
    throw toApiError(error);
  }
}

/** SSE data of the terminal event of an answer that ended outside its run. */
export function closingEvent<Chunk>(
  writer: ChunkWriter<Chunk>,
  reason: ClosingReason,
  usage: StreamUsage,
): string {
  const [chunk] = writer.push(0, { type: 'finish', reason: 'cancelled', text: '', usage });
  const last = reason.state === 'cancelled' ? chunk : toErrorEvent(toClosingError(reason));
  return JSON.stringify({ ...last, usage: writer.usage });
}
