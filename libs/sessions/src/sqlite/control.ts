import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { ExpireLimits, SessionInfo } from '../types.js';
import { get } from './read.js';
import type { SessionDatabase } from './schema.js';

type Database = Kysely<SessionDatabase>;

// Keeps one transaction short; the next call goes on.
const deletedAtOnce = 1000;

/** Marks a running session to be cancelled. */
export async function requestCancel(db: Database, id: string): Promise<SessionInfo | undefined> {
  await db
    .updateTable('sessions')
    .set((eb) => ({ cancel_requested: 1, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('cancel_requested', '=', 0)
    .execute();
  return get(db, id);
}

/** Notes whether readers are there, and moves the time of the cancel, only ever later. */
export async function setPresence(
  db: Database,
  id: string,
  presence: { readonly attended: boolean; readonly cancelAt: number },
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({
      attended: presence.attended ? 1 : 0,
      cancel_at: sql<number>`max(coalesce(cancel_at, 0), ${presence.cancelAt})`,
    })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute();
}

/** Spares a session from expiry until then, only ever later. */
export async function hold(db: Database, id: string, until: number): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ held_until: until })
    .where('id', '=', id)
    .where('held_until', '<', until)
    .execute();
}

/** Deletes ended sessions by age, then by total size, oldest first; returns their ids. */
export async function expire(db: Database, limits: ExpireLimits, now: number): Promise<string[]> {
  const { total } = await db
    .selectFrom('sessions')
    .select(sql<number>`coalesce(sum(event_bytes + request_bytes), 0)`.as('total'))
    .executeTakeFirstOrThrow();
  const ended = await db
    .selectFrom('sessions')
    .select(['key', 'id', 'finished_at', 'event_bytes', 'held_until'])
    .where('state', '<>', 'running')
    .where((eb) => eb.or([eb('held_until', '<=', now), eb('finished_at', '<=', now - limits.maxHoldMs)]))
    .orderBy('finished_at')
    .limit(deletedAtOnce)
    .execute();
  const deleted: string[] = [];
  let left = total;
  for (const session of ended) {
    const held = session.held_until > now ? limits.maxHoldMs : 0;
    const age = now - (session.finished_at ?? 0) - held;
    if (age < limits.ttlMs && left <= limits.maxTotalBytes) continue;
    left -= session.event_bytes;
    await db.deleteFrom('sessions').where('key', '=', session.key).execute();
    deleted.push(session.id);
  }
  return deleted;
}

/** Deletes one session with its events and tokens. */
export async function remove(db: Database, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('sessions').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}
