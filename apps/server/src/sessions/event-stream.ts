import { ApiError } from '@qwenvl/openai';
import { formatComment, formatCursor, formatEvent, formatRetry, SessionError } from '@qwenvl/sessions';
import type { FollowStep } from '@qwenvl/sessions';

/** What a reader's connection is made of. */
export interface EventStreamOptions {
  /** As the client knows it; the first half of every event's id. */
  readonly sessionId: string;
  /** The session's events. */
  readonly steps: AsyncGenerator<FollowStep, void, undefined>;
  /** Ends `steps` early: they are then not closed by `[DONE]`. */
  readonly signal: AbortSignal;
  /** After how long clients shall reconnect, in milliseconds. */
  readonly retryMs: number;
  /** A reader that takes nothing for this long, in milliseconds, is cut off; it can come back with its cursor. */
  readonly stallMs: number;
  /** Breaks the connection; where there is none, as in `app.request`, the body fails instead. */
  readonly breakOff?: (() => void) | undefined;
  /** Called once, when the reader has left or everything was sent. */
  readonly onClose: () => void;
}

/**
 * The body of an event stream. It is pulled by the connection: one page at most is in memory, however far the
 * reader lags. Where the events themselves are gone in mid-stream, the reader gets an error event and `[DONE]`, since
 * coming back would not help; any other error breaks the connection off, without `[DONE]`.
 */
export function eventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { sessionId, steps, signal, retryMs, stallMs, breakOff, onClose } = options;
  const encoder = new TextEncoder();
  let stall: NodeJS.Timeout | undefined;
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    clearTimeout(stall);
    onClose();
    void steps.return();
  };
  const fail = (controller: ReadableStreamDefaultController<Uint8Array>, error: unknown) => {
    close();
    if (breakOff === undefined) controller.error(error);
    else breakOff();
  };
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(encoder.encode(formatRetry(retryMs)));
    },
    pull: async (controller) => {
      clearTimeout(stall);
      try {
        const step = await steps.next();
        if (!open) return;
        if (step.done === true) {
          if (!signal.aborted) controller.enqueue(encoder.encode(formatEvent('[DONE]')));
          controller.close();
          close();
          return;
        }
        controller.enqueue(encoder.encode(formatStep(sessionId, step.value)));
        stall = setTimeout(() => {
          fail(controller, new Error('The reader stopped reading.'));
        }, stallMs).unref();
      } catch (error) {
        const last = open ? lastEvent(error) : undefined;
        if (last === undefined) {
          fail(controller, error);
          return;
        }
        controller.enqueue(encoder.encode(last));
        controller.close();
        close();
      }
    },
    cancel: () => {
      close();
    },
  });
}

/** Has no id: it is not an event of the log. */
function lastEvent(error: unknown): string | undefined {
  const isGone = SessionError.isInstance(error, 'SESSION_GONE');
  const isEvicted = SessionError.isInstance(error, 'CURSOR_EVICTED');
  if (!isGone && !isEvicted) return undefined;
  const { message } = error;
  const body = new ApiError({ status: 410, code: isGone ? 'session_gone' : 'cursor_evicted', message });
  return formatEvent(JSON.stringify(body.toBody())) + formatEvent('[DONE]');
}

function formatStep(sessionId: string, { events }: FollowStep): string {
  if (events.length === 0) return formatComment('ping');
  return events.map(({ index, data }) => formatEvent(data, formatCursor(sessionId, index))).join('');
}
