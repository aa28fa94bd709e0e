import { closeSync, openSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { Kysely, Migrator } from 'kysely';
import { SessionStoreFailedError } from '../errors.js';
import { errorCode, errorMessage } from './database-error.js';
import { ImmediateSqliteDialect } from './immediate-dialect.js';
import { migrations } from './migrations.js';
import { onlyReads, perform } from './operations.js';
import type { Call } from './operations.js';
import type { CallResult, DatabaseSettings } from './protocol.js';
import { versions } from './read.js';
import type { SessionDatabase as Schema } from './schema.js';

/** The database file and what is done to it. Blocks its thread while SQLite works: run it in one of its own. */
export class SessionDatabase {
  readonly #settings: DatabaseSettings;
  readonly #raw: BetterSqlite.Database;
  readonly #db: Kysely<Schema>;
  #dirty = false;

  private constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    // Logs hold prompts and answers: readable by the owner alone. SQLite gives its other files the same mode.
    if (settings.path !== ':memory:') closeSync(openSync(settings.path, 'a', 0o600));
    this.#raw = new BetterSqlite(settings.path, { timeout: settings.busyTimeoutMs });
    this.#db = new Kysely<Schema>({ dialect: new ImmediateSqliteDialect(this.#raw) });
  }

  /** Opens the file, makes or migrates its tables. */
  static async open(settings: DatabaseSettings): Promise<SessionDatabase> {
    const database = new SessionDatabase(settings);
    await database.#prepare();
    return database;
  }

  /** All calls in one transaction; where that fails as a whole each by itself, so that none fails for another. */
  async run(calls: readonly Call[], now: number): Promise<CallResult[]> {
    try {
      return await this.#transaction(calls, now);
    } catch (error) {
      if (calls.length === 1) return [failure(error)];
      const results = [];
      for (const call of calls) results.push(...(await this.run([call], now)));
      return results;
    }
  }

  /** Makes what was written so far survive a power failure (`process` durability; `power` has done so already). */
  sync(): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    // A checkpoint syncs the write-ahead log before it copies from it.
    this.#raw.pragma('wal_checkpoint(PASSIVE)');
  }

  /** Takes what was deleted out of the free pages and the write-ahead log too; readers elsewhere may put that off. */
  shrink(): void {
    this.#raw.pragma('incremental_vacuum');
    this.#raw.pragma('wal_checkpoint(TRUNCATE)');
  }

  /** Changes whenever another connection has committed. */
  get dataVersion(): unknown {
    return this.#raw.pragma('data_version', { simple: true });
  }

  versions(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return versions(this.#db, ids);
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  async #prepare(): Promise<void> {
    const raw = this.#raw;
    // Freed pages are overwritten and given back: what was deleted is gone from the file.
    raw.pragma('auto_vacuum = INCREMENTAL');
    raw.pragma('secure_delete = ON');
    raw.pragma('journal_mode = WAL');
    raw.pragma(`synchronous = ${this.#settings.durability === 'power' ? 'FULL' : 'NORMAL'}`);
    raw.pragma('foreign_keys = ON');
    const { error } = await new Migrator({ db: this.#db, provider: migrations }).migrateToLatest();
    if (error !== undefined) throw new SessionStoreFailedError(errorMessage(error), { cause: error });
    if (this.#settings.maxFileBytes !== undefined) {
      const pageSize = Number(raw.pragma('page_size', { simple: true }));
      raw.pragma(`max_page_count = ${Math.max(1, Math.floor(this.#settings.maxFileBytes / pageSize))}`);
    }
  }

  async #transaction(calls: readonly Call[], now: number): Promise<CallResult[]> {
    const readOnly = calls.every(onlyReads);
    const results = await this.#db
      .transaction()
      .setAccessMode(readOnly ? 'read only' : 'read write')
      .execute(async (db) => {
        const results: CallResult[] = [];
        for (const call of calls) {
          try {
            results.push({ ok: true, value: await perform(db, call, now, this.#settings.retention) });
          } catch (error) {
            // A refusal wrote nothing, and the others stay; anything else undoes the transaction.
            if (errorCode(error) !== 'LEASE_LOST') throw error;
            results.push(failure(error));
          }
        }
        return results;
      });
    this.#dirty ||= !readOnly;
    return results;
  }
}

function failure(error: unknown): CallResult {
  return { ok: false, code: errorCode(error), message: errorMessage(error) };
}
