import type { Logger } from 'pino';
import type { ChatBody } from '../chat/chat-body.js';
import type { CompletionBody } from '../completions/completion-body.js';
import type { Config } from '../config/config-schema.js';
import type { RegisterRoutes } from '../http/app-env.js';
import { chatKind, chatRoute } from './chat-route.js';
import { completionKind, completionRoute } from './completion-route.js';
import { openStore } from './open-store.js';
import type { StoreConfig } from './open-store.js';
import type { StreamSource } from './ports.js';
import { sessionRoutes } from './session-routes.js';
import { Sessions } from './sessions.js';

/** The settings that sessions read. */
export type SessionsConfig = StoreConfig &
  Pick<
    Config,
    | 'SESSIONS_RESUME'
    | 'SESSIONS_LEASE_SECONDS'
    | 'SESSIONS_MAX_BYTES'
    | 'CANCEL_AFTER_DISCONNECT_SECONDS'
    | 'HEARTBEAT_SECONDS'
    | 'SHUTDOWN_DRAIN_SECONDS'
  >;

/** Generations and readers of one process. */
export type SessionCounts = Pick<Sessions, 'running' | 'readers'>;

/** Durable streams, ready to be mounted. */
export interface OpenSessions {
  readonly routes: readonly RegisterRoutes[];
  /** What goes on in this process. */
  readonly counts: SessionCounts;
  /** Refuses new streams, lets the running ones drain for SHUTDOWN_DRAIN_SECONDS, then closes the store. */
  close(): Promise<void>;
}

/** What sessions are opened with. */
export interface OpenSessionsParts {
  readonly log: Logger;
  readonly chat: StreamSource<ChatBody>;
  readonly completions: StreamSource<CompletionBody>;
}

// Quick enough to go unnoticed, slow enough not to trouble a server that starts.
const retryMs = 1000;
const stallMs = 300_000;

/** Opens the store and takes up what an earlier process left unfinished. */
export async function openSessions(
  config: SessionsConfig,
  { log, chat, completions }: OpenSessionsParts,
): Promise<OpenSessions> {
  const store = await openStore(config, log);
  const sessions = new Sessions({
    store,
    log,
    sources: { [chatKind]: chat, [completionKind]: completions },
    leaseMs: config.SESSIONS_LEASE_SECONDS * 1000,
    resume: config.SESSIONS_RESUME,
    cancelAfterMs: config.CANCEL_AFTER_DISCONNECT_SECONDS * 1000,
    ttlMs: config.SESSIONS_TTL_SECONDS * 1000,
    maxTotalBytes: config.SESSIONS_MAX_BYTES,
    maxHoldMs: config.SESSIONS_READER_HOLD_SECONDS * 1000,
  });
  sessions.start();
  const delivery = { heartbeatMs: config.HEARTBEAT_SECONDS * 1000, retryMs, stallMs };
  return {
    routes: [
      chatRoute(sessions, chat, delivery),
      completionRoute(sessions, completions, delivery),
      sessionRoutes(sessions, delivery),
    ],
    counts: sessions,
    close: async () => {
      await sessions.shutdown(config.SHUTDOWN_DRAIN_SECONDS * 1000);
      await store.close();
    },
  };
}
