import type { SessionInfo, SessionOutcome, SessionStore, SessionWriter } from '@qwenvl/sessions';
import type { ClosingReason, PreparedStream, StreamIdentity, StreamUsage } from './ports.js';
import { ReplayGuard } from './replay-guard.js';
import { NotResumableError, TryLaterError } from './resume-errors.js';

/** One generation on its way into the log. */
export interface Generation {
  readonly store: SessionStore;
  readonly writer: SessionWriter;
  readonly identity: StreamIdentity;
  /** Checks and decodes; it is called once. */
  readonly prepare: (signal: AbortSignal) => Promise<PreparedStream>;
  /** SSE data of a terminal event that `prepared` does not give itself. */
  readonly closing: (reason: ClosingReason, usage: StreamUsage) => string;
  /** Whether an earlier producer has begun; then `tokens` are the ids that it left in the log. */
  readonly resumed: boolean;
  readonly tokens: readonly number[];
  /** Aborts when this process gives its generations up. */
  readonly stop: AbortSignal;
}

/** How a generation left this process; `handed-over` leaves it running in the log, for the next producer. */
export type GenerationResult = SessionInfo | 'handed-over';

/**
 * Runs a generation to its terminal event, or until it is given up. Never rejects for what happens to the
 * generation itself: that is what terminal events are for.
 * @throws SessionError where the log cannot be written any more
 */
export async function runGeneration(generation: Generation): Promise<GenerationResult> {
  const { writer, stop } = generation;
  const signal = AbortSignal.any([writer.cancelled, writer.lost, stop]);
  try {
    if (generation.resumed && writer.cancelled.aborted)
      return await close(generation, { state: 'cancelled' });
    const prepared = await generation.prepare(signal);
    try {
      const ended = await pump(generation, prepared, signal);
      if (ended !== undefined) return ended;
    } finally {
      prepared.dispose();
    }
  } catch (error) {
    const reason = closingReason(generation, error);
    if (reason !== undefined) return close(generation, reason);
  }
  if (writer.lost.aborted) throw writer.lost.reason;
  await writer.abandon();
  return 'handed-over';
}

/** `undefined`: the stream was cut off because this process gives it up. */
async function pump(
  { store, writer, identity, tokens, closing }: Generation,
  prepared: PreparedStream,
  signal: AbortSignal,
): Promise<SessionInfo | undefined> {
  const guard = new ReplayGuard(store, writer.session);
  for await (const step of prepared.run({ identity, continueFrom: tokens, signal })) {
    const { end, promptTokens } = step;
    if (end?.cancelled === true && !writer.cancelled.aborted) return undefined;
    if (end?.cancelled === true && !guard.done) {
      const event = closing({ state: 'cancelled' }, partialUsage(writer.session));
      return writer.end(
        { events: [event], tokens: [] },
        outcomeOf('cancelled', partialUsage(writer.session)),
      );
    }
    const fresh = await guard.fresh(step);
    if (end !== undefined) {
      const outcome = { finishReason: end.finishReason, usage: end.usage } as const;
      return writer.end(fresh, { state: end.cancelled ? 'cancelled' : 'completed', ...outcome });
    }
    if (fresh.events.length + fresh.tokens.length > 0 || promptTokens !== undefined) {
      await writer.write({ ...fresh, promptTokens });
    }
  }
  throw new Error('The generation ended without a last step.');
}

/** `undefined` where the generation is given up rather than ended. */
function closingReason({ writer, stop }: Generation, error: unknown): ClosingReason | undefined {
  if (writer.lost.aborted) return undefined;
  if (writer.cancelled.aborted) return { state: 'cancelled' };
  if (stop.aborted || error instanceof TryLaterError) return undefined;
  if (error instanceof NotResumableError) return { state: 'interrupted', message: error.message };
  return { state: 'failed', error };
}

/** Ends a session outside its generation. */
async function close({ writer, closing }: Generation, reason: ClosingReason): Promise<SessionInfo> {
  await writer.flush();
  const usage = partialUsage(writer.session);
  return writer.end({ events: [closing(reason, usage)], tokens: [] }, outcomeOf(reason.state, usage));
}

function outcomeOf(state: ClosingReason['state'], usage: StreamUsage): SessionOutcome {
  return { state, finishReason: state, usage };
}

function partialUsage({ promptTokens, tokenCount }: SessionInfo): StreamUsage {
  return { promptTokens, completionTokens: tokenCount, cachedTokens: 0 };
}
