import { type ChatBody, parseChatBody } from '../chat/chat-body.js';
import type { RegisterRoutes } from '../http/app-env.js';
import type { StreamSource } from './ports.js';
import type { DeliverySettings } from './respond.js';
import type { Sessions } from './sessions.js';
import { streamRoute } from './stream-route.js';

/** The source's name in the log. */
export const chatKind = 'chat';

/** `POST /v1/chat/completions` */
export function chatRoute(
  sessions: Sessions,
  source: StreamSource<ChatBody>,
  delivery: DeliverySettings,
): RegisterRoutes {
  const path = '/v1/chat/completions';
  const route = { path, kind: chatKind, idPrefix: 'chatcmpl-', parse: parseChatBody, source };
  return streamRoute(sessions, route, delivery);
}
