import { randomUUID } from 'node:crypto';
import type { RegisterRoutes } from '../http/app-env.js';
import { readJson } from '../http/read-json.js';
import type { StreamSource } from './ports.js';
import { cursorOf } from './read-cursor.js';
import { allEvents, respondWithEvents, withSessionErrors } from './respond.js';
import type { DeliverySettings } from './respond.js';
import type { Sessions } from './sessions.js';

/** What a route must know of a parsed body. */
export interface StreamBody {
  readonly request: {
    readonly session_id?: string | undefined;
    readonly seed?: number | undefined;
    readonly stream?: boolean | undefined;
  };
}

/** A route whose answers are streams, and where they come from. */
export interface StreamRoute<Body extends StreamBody> {
  readonly path: string;
  /** The source's name in the log; it must not change. */
  readonly kind: string;
  /** First part of the completion's id, such as `chatcmpl-`. */
  readonly idPrefix: string;
  /** @throws ApiError 400 that names the field at fault */
  readonly parse: (sent: unknown, owner: string) => Body;
  readonly source: StreamSource<Body>;
}

const noUsage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };

/** Makes a stream, or joins the one that the same request made before. */
export function streamRoute<Body extends StreamBody>(
  sessions: Sessions,
  { path, kind, idPrefix, parse, source }: StreamRoute<Body>,
  delivery: DeliverySettings,
): RegisterRoutes {
  return (app) => {
    app.post(path, async (context) => {
      const sent = await readJson(context);
      const owner = context.get('owner');
      const body = parse(sent, owner);
      const { session_id: named, seed, stream } = body.request;
      const sessionId = named ?? randomUUID();
      const cursor = cursorOf(context.req);
      const { signal } = context.req.raw;
      return withSessionErrors(context, sessionId, async () => {
        const mustExist = cursor !== undefined;
        const request = { owner, sessionId, kind, sent, body, idPrefix, seed, mustExist, signal };
        const session = await sessions.open(request);
        if (stream === true)
          return respondWithEvents(context, sessions, delivery, { session, sessionId, cursor });
        const ended = await allEvents(sessions, session, signal);
        const usage = ended.session.outcome?.usage ?? noUsage;
        context.header('X-Session-Id', sessionId);
        return context.json(source.collect(body, ended.events, usage) as object);
      });
    });
  };
}
