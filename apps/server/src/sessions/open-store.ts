import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MemoryStore } from '@qwenvl/sessions';
import type { SessionStore } from '@qwenvl/sessions';
import { SqliteStore } from '@qwenvl/sessions/sqlite';
import type { Logger } from 'pino';

/** Where streams are kept. */
export interface StoreSettings {
  /** `memory` keeps them in this process; the others in SQLite. See `Durability` of `@qwenvl/sessions/sqlite`. */
  readonly durability: 'memory' | 'process' | 'power';
  /** The database file; its folder is made. */
  readonly path: string;
}

/** Opens the store that the settings ask for; SQLite's native module is loaded only then, in its thread. */
export async function openStore({ durability, path }: StoreSettings, log: Logger): Promise<SessionStore> {
  if (durability === 'memory') return new MemoryStore();
  await mkdir(dirname(path), { recursive: true });
  return SqliteStore.open({
    path,
    durability,
    onUpkeepError: ({ code }) => {
      log.warn({ code }, 'upkeep of the session database failed');
    },
  });
}
