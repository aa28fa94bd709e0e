import type { SessionInfo } from '@qwenvl/sessions';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { AppEnv } from '../http/app-env.js';
import { eventStream } from './event-stream.js';
import { hasEverything, lastIndex } from './read-cursor.js';
import { earliestEvent, toSessionApiError } from './session-api-error.js';
import type { Sessions } from './sessions.js';
import { ApiError } from '@qwenvl/openai';
import { formatCursor } from '@qwenvl/sessions';

/** How connections are kept; all times in milliseconds. */
export interface DeliverySettings {
  /** Silence after which a comment is sent. */
  readonly heartbeatMs: number;
  /** After how long clients shall reconnect. */
  readonly retryMs: number;
  /** After how long a reader that takes nothing is cut off. */
  readonly stallMs: number;
}

/** A session's events as a response: what follows the cursor, then live; 204 where nothing follows. */
export function respondWithEvents(
  context: Context<AppEnv>,
  sessions: Sessions,
  settings: DeliverySettings,
  { session, sessionId, cursor }: { session: SessionInfo; sessionId: string; cursor: string | undefined },
): Response {
  const after = lastIndex(cursor, sessionId, session);
  context.header('X-Session-Id', sessionId);
  if (hasEverything(after, session)) return context.body(null, 204);
  const left = new AbortController();
  const { heartbeatMs, retryMs, stallMs } = settings;
  const { steps, signal, leave } = sessions.read(session, { after, heartbeatMs, signal: left.signal });
  const body = eventStream({
    sessionId,
    steps,
    signal,
    retryMs,
    stallMs,
    breakOff: connectionOf(context),
    onClose: () => {
      leave();
      left.abort();
    },
  });
  return context.body(body, 200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    // nginx would hold events back otherwise.
    'X-Accel-Buffering': 'no',
  });
}

/** How to break the connection that a response goes out on; `undefined` without one. */
function connectionOf(context: Context<AppEnv>): (() => void) | undefined {
  const outgoing = (context.env as Partial<HttpBindings> | undefined)?.outgoing;
  return outgoing && (() => void outgoing.destroy());
}

/** All events of a session once it has ended. @throws SessionError | what aborted `signal` */
export async function allEvents(sessions: Sessions, session: SessionInfo, gone: AbortSignal) {
  const { steps, signal, leave } = sessions.read(session, { after: -1, signal: gone });
  const events: string[] = [];
  let last = session;
  try {
    for await (const step of steps) {
      for (const { data } of step.events) events.push(data);
      last = step.session;
    }
  } finally {
    leave();
  }
  signal.throwIfAborted();
  return { events, session: last };
}

/** Runs a handler; what it throws of sessions becomes the API's errors, an evicted cursor with the way on. */
export async function withSessionErrors(
  context: Context<AppEnv>,
  sessionId: string,
  handle: () => Promise<Response>,
): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    const apiError = toSessionApiError(error);
    const earliest = earliestEvent(error);
    if (earliest === undefined || !ApiError.isInstance(apiError)) throw apiError;
    return context.json({ ...apiError.toBody(), earliest_event_id: formatCursor(sessionId, earliest) }, 410);
  }
}
