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

/** One page of events. Sizes are looked up first, so that no more than the page itself is read. */
export async function read(
  db: Database,
  id: string,
  after: number,
  limit: PageLimit,
): Promise<Page | undefined> {
  const row = await db.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const first = Math.max(after + 1, row.first_index);
  const candidates = db
    .selectFrom('events')
    .where('session', '=', row.key)
    .where('idx', '>=', first)
    .orderBy('idx');
  const sizes = await candidates
    .select(sql<number>`octet_length(data)`.as('bytes'))
    .limit(limit.maxEvents)
    .execute();
  const count = countWithin(sizes, limit.maxBytes);
  const events = count === 0 ? [] : await candidates.select(['idx', 'data']).limit(count).execute();
  return { events: events.map(({ idx, data }) => ({ index: idx, data })), session: sessionInfo(row) };
}

/** How many of the first events fit together; one always does. */
function countWithin(sizes: readonly { readonly bytes: number }[], maxBytes: number): number {
  let total = 0;
  const over = sizes.findIndex(({ bytes }) => (total += bytes) > maxBytes);
  return over < 0 ? sizes.length : Math.max(1, over);
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
