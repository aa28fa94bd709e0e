import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { LeaseLostError } from '../errors.js';
import type { RetentionLimits } from '../memory-session.js';
import type { Append, Lease, SessionInfo, SessionOutcome } from '../types.js';
import type { SessionDatabase, SessionRow } from './schema.js';
import { sessionInfo } from './session-row.js';

type Database = Kysely<SessionDatabase>;

// Rows of one insert: far below SQLite's limit of 32,766 bound values.
const rowsAtOnce = 1000;

/** Adds events and tokens to a session and ends it where the append says so. Runs inside a transaction. */
export async function append(
  db: Database,
  lease: Lease,
  { events, tokens, promptTokens, outcome }: Append,
  now: number,
  limits: RetentionLimits,
): Promise<SessionInfo> {
  const row = await leasedRow(db, lease);
  const session = row.key;
  await inSlices(events, (slice, from) =>
    db
      .insertInto('events')
      .values(slice.map((data, offset) => ({ session, idx: row.next_index + from + offset, data })))
      .execute(),
  );
  await inSlices(tokens, (slice, from) =>
    db
      .insertInto('tokens')
      .values(slice.map((token, offset) => ({ session, position: row.token_count + from + offset, token })))
      .execute(),
  );
  // Only what changes: a column that is named is written again, and so is every index it is part of.
  const grown = {
    version: row.version + 1,
    next_index: row.next_index + events.length,
    token_count: row.token_count + tokens.length,
    event_bytes: row.event_bytes + events.reduce((sum, data) => sum + Buffer.byteLength(data), 0),
    prompt_tokens: promptTokens ?? row.prompt_tokens,
    ...(outcome === undefined ? {} : ending(outcome, now)),
  };
  const changes = { ...grown, ...(await evict(db, { ...row, ...grown }, limits)) };
  await db.updateTable('sessions').set(changes).where('key', '=', session).execute();
  if (outcome !== undefined) {
    await db.deleteFrom('tokens').where('session', '=', session).execute();
    await db.deleteFrom('requests').where('session', '=', session).execute();
  }
  return sessionInfo({ ...row, ...changes });
}

/** The row of a running session whose lease this is. @throws LeaseLostError */
export async function leasedRow(db: Database, lease: Lease): Promise<SessionRow> {
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', lease.sessionId)
    .executeTakeFirst();
  if (row?.state !== 'running' || row.fence !== lease.fence) throw new LeaseLostError();
  return row;
}

function ending(outcome: SessionOutcome, now: number): Partial<SessionRow> {
  return {
    state: outcome.state,
    finish_reason: outcome.finishReason,
    finished_at: now,
    prompt_tokens: outcome.usage.promptTokens,
    completion_tokens: outcome.usage.completionTokens,
    cached_tokens: outcome.usage.cachedTokens,
    request_bytes: 0,
  };
}

async function evict(
  db: Database,
  row: SessionRow,
  limits: RetentionLimits,
): Promise<Pick<SessionRow, 'first_index' | 'event_bytes'>> {
  let { first_index, event_bytes } = row;
  while (
    row.next_index - first_index > 1 &&
    (row.next_index - first_index > limits.maxEvents || event_bytes > limits.maxBytes)
  ) {
    const oldest = await db
      .deleteFrom('events')
      .where('session', '=', row.key)
      .where('idx', '=', first_index)
      .returning(sql<number>`octet_length(data)`.as('bytes'))
      .executeTakeFirst();
    event_bytes -= oldest?.bytes ?? 0;
    first_index += 1;
  }
  return { first_index, event_bytes };
}

async function inSlices<T>(
  items: readonly T[],
  run: (slice: readonly T[], from: number) => Promise<unknown>,
) {
  for (let from = 0; from < items.length; from += rowsAtOnce) {
    await run(items.slice(from, from + rowsAtOnce), from);
  }
}
