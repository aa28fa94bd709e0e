import type { SessionInfo } from '@qwenvl/sessions';
import type { RegisterRoutes } from '../http/app-env.js';
import { cursorOf } from './read-cursor.js';
import { respondWithEvents, withSessionErrors } from './respond.js';
import type { DeliverySettings } from './respond.js';
import type { Sessions } from './sessions.js';

// The engine stops within one step; a producer in another process hears of it within its poll.
const cancelWaitMs = 5000;

/**
 * `GET /v1/sessions/{id}` tells where a session stands, `…/events` streams it, `POST …/cancel` (also
 * `/v1/cancel/{id}`) stops it, `DELETE` forgets it. There is no list: who knows an id may use it.
 */
export function sessionRoutes(sessions: Sessions, delivery: DeliverySettings): RegisterRoutes {
  return (app) => {
    app.get('/v1/sessions/:id/events', (context) => {
      const sessionId = context.req.param('id');
      return withSessionErrors(context, sessionId, async () => {
        const session = await sessions.get(context.get('owner'), sessionId);
        const cursor = cursorOf(context.req);
        return respondWithEvents(context, sessions, delivery, { session, sessionId, cursor });
      });
    });
    app.get('/v1/sessions/:id', (context) => {
      const sessionId = context.req.param('id');
      return withSessionErrors(context, sessionId, async () =>
        context.json(describe(sessionId, await sessions.get(context.get('owner'), sessionId))),
      );
    });
    app.delete('/v1/sessions/:id', (context) => {
      const sessionId = context.req.param('id');
      return withSessionErrors(context, sessionId, async () => {
        await sessions.delete(context.get('owner'), sessionId);
        return context.body(null, 204);
      });
    });
    for (const path of ['/v1/sessions/:id/cancel', '/v1/cancel/:id'] as const) {
      app.post(path, (context) => {
        const sessionId = context.req.param('id');
        return withSessionErrors(context, sessionId, async () =>
          context.json(
            describe(sessionId, await sessions.cancel(context.get('owner'), sessionId, cancelWaitMs)),
          ),
        );
      });
    }
  };
}

function describe(id: string, session: SessionInfo) {
  const { state, nextIndex, firstIndex, cancelRequested, createdAt, outcome } = session;
  return {
    id,
    object: 'session',
    status: state,
    created: Math.floor(createdAt / 1000),
    cancel_requested: cancelRequested,
    first_event: firstIndex,
    event_count: nextIndex,
    finish_reason: outcome?.finishReason ?? null,
    usage: usageOf(session),
  };
}

/** Final, or what has been used so far. */
function usageOf({ outcome, promptTokens, tokenCount }: SessionInfo) {
  const usage = outcome?.usage ?? { promptTokens, completionTokens: tokenCount, cachedTokens: 0 };
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.promptTokens + usage.completionTokens,
  };
}
