import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MemoryStore } from '@qwenvl/sessions';
import type { SessionStore } from '@qwenvl/sessions';
import type { Logger } from 'pino';
import type { Config } from '../config/config-schema.js';

/** The settings that say where streams are kept. */
export type StoreConfig = Pick<
  Config,
  | 'PERSIST_SESSIONS'
  | 'SESSIONS_STORE'
  | 'REDIS_URL'
  | 'SESSIONS_DB_PATH'
  | 'SESSIONS_DURABILITY'
  | 'SESSIONS_TTL_SECONDS'
  | 'SESSIONS_READER_HOLD_SECONDS'
>;

// Beyond any expiry by the server itself: for what is left where no server runs any more.
const marginMs = 86_400_000;

/** Opens the store that the settings ask for, and loads no other. */
export async function openStore(config: StoreConfig, log: Logger): Promise<SessionStore> {
  if (!config.PERSIST_SESSIONS) return new MemoryStore();
  if (config.SESSIONS_STORE === 'redis') {
    const { RedisStore } = await import('@qwenvl/sessions/redis');
    const keptSeconds = config.SESSIONS_TTL_SECONDS + config.SESSIONS_READER_HOLD_SECONDS;
    return RedisStore.open({ url: config.REDIS_URL, endedTtlMs: keptSeconds * 1000 + marginMs });
  }
  const { SqliteStore } = await import('@qwenvl/sessions/sqlite');
  await mkdir(dirname(config.SESSIONS_DB_PATH), { recursive: true });
  return SqliteStore.open({
    path: config.SESSIONS_DB_PATH,
    durability: config.SESSIONS_DURABILITY,
    onUpkeepError: ({ code }) => {
      log.warn({ code }, 'upkeep of the session database failed');
    },
  });
}
