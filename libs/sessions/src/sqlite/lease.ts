import type { Kysely } from 'kysely';
import type { Acquired, CreateResult, Lease, NewSession, SessionInfo } from '../types.js';
import { leasedRow } from './append.js';
import type { SessionDatabase } from './schema.js';
import { sessionInfo } from './session-row.js';

type Database = Kysely<SessionDatabase>;

/** Makes a session with its first lease, unless the id is taken. */
export async function create(db: Database, session: NewSession, now: number): Promise<CreateResult> {
  const made = await db
    .insertInto('sessions')
    .values({
      id: session.id,
      request_hash: session.requestHash,
      request_bytes: Buffer.byteLength(session.request),
      cancel_at: session.cancelAt,
      created_at: now,
      lease_until: now + session.leaseMs,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made !== undefined) {
    await db.insertInto('requests').values({ session: made.key, request: session.request }).execute();
    return { created: true, lease: { sessionId: made.id, fence: made.fence }, session: sessionInfo(made) };
  }
  const existing = await db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', session.id)
    .executeTakeFirstOrThrow();
  return { created: false, session: sessionInfo(existing) };
}

/** Hands a running session without a living lease to a new producer. */
export async function acquire(
  db: Database,
  id: string,
  leaseMs: number,
  now: number,
): Promise<Acquired | undefined> {
  const row = await db
    .updateTable('sessions')
    .set((eb) => ({ fence: eb('fence', '+', 1), lease_until: now + leaseMs }))
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('lease_until', '<=', now)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { request } = await db
    .selectFrom('requests')
    .select('request')
    .where('session', '=', row.key)
    .executeTakeFirstOrThrow();
  const tokens = await db
    .selectFrom('tokens')
    .select('token')
    .where('session', '=', row.key)
    .orderBy('position')
    .execute();
  return {
    lease: { sessionId: id, fence: row.fence },
    session: sessionInfo(row),
    request,
    tokens: tokens.map(({ token }) => token),
  };
}

/** Extends a lease. @throws LeaseLostError */
export async function renew(db: Database, lease: Lease, leaseMs: number, now: number): Promise<SessionInfo> {
  const row = await leasedRow(db, lease);
  await db
    .updateTable('sessions')
    .set({ lease_until: now + leaseMs })
    .where('key', '=', row.key)
    .execute();
  return sessionInfo(row);
}

/** Gives a lease up; does nothing where it is lost already. */
export async function release(db: Database, lease: Lease): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ lease_until: 0 })
    .where('id', '=', lease.sessionId)
    .where('fence', '=', lease.fence)
    .execute();
}
