import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { MemoryStore } from '@qwenvl/sessions';
import type { SessionStore } from '@qwenvl/sessions';
import { SqliteStore } from '@qwenvl/sessions/sqlite';
import { pino } from 'pino';
import { createApp } from '../../app.js';
import { ModelHost } from '../../model/model-host.js';
import { chatKind, chatRoute } from '../chat-route.js';
import { sessionRoutes } from '../session-routes.js';
import { Sessions } from '../sessions.js';
import type { SessionSettings } from '../sessions.js';
import { ScriptedSource } from './scripted-source.js';
import type { Script } from './scripted-source.js';

/** The server's session routes over a scripted source; `app.request` needs no port. */
export interface TestServer {
  readonly app: ReturnType<typeof createApp>;
  readonly sessions: Sessions;
  readonly source: ScriptedSource;
  readonly store: SessionStore;
  /** Listens and returns the address. */
  listen(port?: number): Promise<string>;
  /** Ends like SIGTERM does: generations are left in the log, connections cut. */
  stop(): Promise<void>;
}

/** Settings that tests change. */
export interface TestServerOptions extends Partial<SessionSettings> {
  readonly store?: SessionStore;
  readonly script?: Partial<Script>;
  readonly heartbeatMs?: number;
  readonly retryMs?: number;
}

/** Keys of the two owners; without one a request is refused. */
export const keys = { ani: 'sk-ani', budi: 'sk-budi' };

export function startTestServer(options: TestServerOptions = {}): TestServer {
  const { store = new MemoryStore(), script, heartbeatMs = 1000, retryMs = 50, ...settings } = options;
  const source = new ScriptedSource({ tokens: 10, ...script });
  const log = pino({ level: 'silent' });
  const sessions = new Sessions({
    store,
    log,
    sources: { [chatKind]: source },
    leaseMs: 5000,
    resume: true,
    cancelAfterMs: 0,
    ttlMs: 600_000,
    maxTotalBytes: 1e9,
    maxHoldMs: 600_000,
    ...settings,
  });
  sessions.start();
  const delivery = { heartbeatMs, retryMs, stallMs: 60_000 };
  const app = createApp({
    host: new ModelHost('tiny', () => new Promise(() => undefined)),
    context: { maxTokens: undefined, safetyMargin: 0, autoCompression: true },
    log,
    apiKeys: Object.entries(keys).map(([name, key]) => ({
      name,
      sha256: createHash('sha256').update(key).digest('hex'),
    })),
    corsOrigins: [],
    maxBodyBytes: 1e6,
    created: 1,
    routes: [chatRoute(sessions, source, delivery), sessionRoutes(sessions, delivery)],
  });
  let server: ReturnType<typeof serve> | undefined;
  return {
    app,
    sessions,
    source,
    store,
    listen: (port = 0) =>
      new Promise((resolve) => {
        server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, ({ port }: AddressInfo) => {
          resolve(`http://127.0.0.1:${port}`);
        });
      }),
    stop: async () => {
      await sessions.shutdown(0);
      if (server !== undefined && 'closeAllConnections' in server) server.closeAllConnections();
      await new Promise<void>((resolve) => {
        if (server === undefined) resolve();
        else
          server.close(() => {
            resolve();
          });
      });
      await store.close();
    },
  };
}

/** A request for a streamed answer. */
export function chat(changes: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
  const body = {
    model: 'tiny',
    messages: [{ role: 'user', content: 'Hi' }],
    stream: true,
    seed: 5,
    ...changes,
  };
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.ani}`, ...headers },
    body: JSON.stringify(body),
  };
}

/** A request with a key, and a cursor where one is given. */
export function as(key: string, lastEventId?: string) {
  return {
    headers: {
      authorization: `Bearer ${key}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  };
}

/** The whole text of a response. */
export async function textOf(server: TestServer, url: string, init: RequestInit): Promise<string> {
  const response = await server.app.request(url, init);
  return response.text();
}

/** Repeats an assertion until it holds, with a deadline that a busy machine can keep. */
export async function waitFor<T>(assertion: () => T | Promise<T>): Promise<T> {
  const until = Date.now() + 20_000;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

/** A folder of its own for a database file, removed by the returned function. */
export async function temporaryDatabase(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-server-'));
  return { path: join(folder, 'sessions.db'), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Opens the database of a test; several servers may share one file. */
export function openDatabase(path: string): Promise<SessionStore> {
  return SqliteStore.open({ path, pollIntervalMs: 20 });
}
