import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../sqlite/sqlite-store.js';
import type { SqliteStoreOptions } from '../sqlite/sqlite-store.js';
import type { StoreUnderTest } from './behaviour.js';
import { inThreadDatabase } from './in-thread-database.js';

/** A database of its own in a temporary folder, gone after `dispose`. `path` is the file's. */
export async function openTemporarySqlite(
  options: Omit<SqliteStoreOptions, 'path'>,
): Promise<StoreUnderTest & { readonly path: string; another(): Promise<SqliteStore> }> {
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-sessions-'));
  const path = join(folder, 'sessions.db');
  const opened: SqliteStore[] = [];
  const another = async () => {
    const store = await SqliteStore.open({ pollIntervalMs: 10, ...options, path }, inThreadDatabase);
    opened.push(store);
    return store;
  };
  return {
    path,
    store: await another(),
    another,
    dispose: async () => {
      await Promise.all(opened.map((store) => store.close()));
      await rm(folder, { recursive: true });
    },
  };
}
