/**
 * The SQLite backend. Importing it is what brings better-sqlite3's native module into play.
 *
 * ```ts
 * import { SqliteStore } from '@qwenvl/sessions/sqlite';
 *
 * const store = await SqliteStore.open({ path: 'sessions.db', durability: 'power' });
 * ```
 *
 * @module
 */
export { SqliteStore } from './sqlite-store.js';
export type { SqliteStoreOptions } from './sqlite-store.js';
export type { Durability } from './protocol.js';
