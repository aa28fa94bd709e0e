import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@qwenvl/sessions';
import type { SessionStore } from '@qwenvl/sessions';
import { SqliteStore } from '@qwenvl/sessions/sqlite';

/** What a resolved append survives, from nothing to a power failure. */
export const modes = ['memory', 'process', 'power'] as const;
export type Mode = (typeof modes)[number];

/** Opens an empty store of a mode for the time of one measurement. */
export async function withStore<T>(mode: Mode, measure: (store: SessionStore) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-bench-'));
  const store =
    mode === 'memory'
      ? new MemoryStore({ maxBytesPerSession: 1024 ** 3 })
      : await SqliteStore.open({ path: join(folder, 'sessions.db'), durability: mode });
  try {
    return await measure(store);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}
