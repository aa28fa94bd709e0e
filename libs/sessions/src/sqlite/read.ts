import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { DueSessions, Page, PageLimit, SessionInfo } from '../types.js';
import type { SessionDatabase } from './schema.js';
import { sessionInfo } from './session-row.js';

type Database = Kysely<SessionDatabase>;

/** One session's snapshot. */
export async function get(db: Database, id: string): Promise<SessionInfo | undefined> {
  const row = await db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
  return row && sessionInfo(row);
}

/** One page of events; the byte bound is applied inside SQLite, so that no more than a page leaves it. */
export async function read(
  db: Database,
  id: string,
  after: number,
  limit: PageLimit,
): Promise<Page | undefined> {
  const row = await db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const first = Math.max(after + 1, row.first_index);
  const sized = db
    .selectFrom('events')
    .where('session', '=', row.key)
    .where('idx', '>=', first)
    .where('idx', '<', first + limit.maxEvents)
    .select(['idx', 'data', sql<number>`sum(octet_length(data)) over (order by idx)`.as('total')]);
  const events = await db
    .selectFrom(sized.as('sized'))
    .select(['idx', 'data'])
    .where((eb) => eb.or([eb('total', '<=', limit.maxBytes), eb('idx', '=', first)]))
    .orderBy('idx')
    .execute();
  return { events: events.map(({ idx, data }) => ({ index: idx, data })), session: sessionInfo(row) };
}

/** Running sessions that need someone. */
export async function due(db: Database, limit: number, now: number): Promise<DueSessions> {
  const running = db.selectFrom('sessions').select('id').where('state', '=', 'running').limit(limit);
  const unattended = await running
    .where('cancel_requested', '=', 0)
    .where('cancel_at', 'is not', null)
    .where('cancel_at', '<=', now)
    .orderBy('cancel_at')
    .execute();
  const orphaned = await running.where('lease_until', '<=', now).orderBy('lease_until').execute();
  return { unattended: unattended.map(({ id }) => id), orphaned: orphaned.map(({ id }) => id) };
}

/** Versions of those of these sessions that exist. */
export async function versions(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('sessions').select(['id', 'version']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, version }) => [id, version]));
}
