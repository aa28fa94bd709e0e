import { randomUUID } from 'node:crypto';
import type { StreamSource } from './ports.js';
import { type ChatBody, parseChatBody } from '../chat/chat-body.js';
import type { RegisterRoutes } from '../http/app-env.js';
import { readJson } from '../http/read-json.js';
import { cursorOf } from './read-cursor.js';
import { allEvents, respondWithEvents, withSessionErrors } from './respond.js';
import type { DeliverySettings } from './respond.js';
import type { Sessions } from './sessions.js';

/** The source's name in the log. */
export const chatKind = 'chat';

/** `POST /v1/chat/completions`: makes a stream, or joins the one that the same request made before. */
export function chatRoute(
  sessions: Sessions,
  source: StreamSource<ChatBody>,
  delivery: DeliverySettings,
): RegisterRoutes {
  return (app) => {
    app.post('/v1/chat/completions', async (context) => {
      const sent = await readJson(context);
      const owner = context.get('owner');
      const body = parseChatBody(sent, owner);
      const { session_id: named, seed, stream } = body.request;
      const sessionId = named ?? randomUUID();
      const cursor = cursorOf(context.req);
      const { signal } = context.req.raw;
      return withSessionErrors(context, sessionId, async () => {
        const session = await sessions.open({
          owner,
          sessionId,
          kind: chatKind,
          sent,
          body,
          idPrefix: 'chatcmpl-',
          seed,
          mustExist: cursor !== undefined,
          signal,
        });
        if (stream === true)
          return respondWithEvents(context, sessions, delivery, { session, sessionId, cursor });
        const ended = await allEvents(sessions, session, signal);
        const usage = ended.session.outcome?.usage ?? {
          promptTokens: 0,
          completionTokens: 0,
          cachedTokens: 0,
        };
        context.header('X-Session-Id', sessionId);
        return context.json(source.collect(body, ended.events, usage) as object);
      });
    });
  };
}
