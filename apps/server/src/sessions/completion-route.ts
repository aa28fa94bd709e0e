import { type CompletionBody, parseCompletionBody } from '../completions/completion-body.js';
import type { RegisterRoutes } from '../http/app-env.js';
import type { StreamSource } from './ports.js';
import type { DeliverySettings } from './respond.js';
import type { Sessions } from './sessions.js';
import { streamRoute } from './stream-route.js';

/** The source's name in the log. */
export const completionKind = 'completion';

/** `POST /v1/completions` */
export function completionRoute(
  sessions: Sessions,
  source: StreamSource<CompletionBody>,
  delivery: DeliverySettings,
): RegisterRoutes {
  const path = '/v1/completions';
  const route = { path, kind: completionKind, idPrefix: 'cmpl-', parse: parseCompletionBody, source };
  return streamRoute(sessions, route, delivery);
}
