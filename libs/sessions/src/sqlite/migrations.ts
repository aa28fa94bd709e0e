import { sql } from 'kysely';
import type { Kysely, Migration, MigrationProvider } from 'kysely';

const initial: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const count = (name: string) => sql`${sql.ref(name)} integer not null default 0`;
    await sql`
      create table sessions (
        key integer primary key,
        id text not null unique,
        request_hash text not null,
        state text not null default 'running'
          check (state in ('running', 'completed', 'failed', 'cancelled', 'interrupted')),
        version integer not null default 1,
        ${sql.join(['first_index', 'next_index', 'token_count', 'event_bytes', 'request_bytes', 'cancel_requested'].map(count))},
        cancel_at integer,
        attended integer not null default 1,
        created_at integer not null,
        finished_at integer,
        finish_reason text,
        ${sql.join(['prompt_tokens', 'completion_tokens', 'cached_tokens'].map(count))},
        fence integer not null default 1,
        lease_until integer not null
      ) strict`.execute(db);
    await sql`create index sessions_orphaned on sessions (lease_until) where state = 'running'`.execute(db);
    await sql`
      create index sessions_unattended on sessions (cancel_at)
      where state = 'running' and cancel_requested = 0 and cancel_at is not null`.execute(db);
    await sql`create index sessions_ended on sessions (finished_at) where state <> 'running'`.execute(db);
    await sql`
      create table requests (
        session integer primary key references sessions (key) on delete cascade,
        request text not null
      ) strict`.execute(db);
    await sql`
      create table events (
        session integer not null references sessions (key) on delete cascade,
        idx integer not null,
        data text not null,
        primary key (session, idx)
      ) strict, without rowid`.execute(db);
    await sql`
      create table tokens (
        session integer not null references sessions (key) on delete cascade,
        position integer not null,
        token integer not null,
        primary key (session, position)
      ) strict, without rowid`.execute(db);
  },
};

const heldByReaders: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table sessions add column held_until integer not null default 0`.execute(db);
  },
};

/** Every version of the schema, in order. Published ones never change; a change is a further entry. */
export const migrations: MigrationProvider = {
  getMigrations: () => Promise.resolve({ '001-initial': initial, '002-held-by-readers': heldByReaders }),
};
