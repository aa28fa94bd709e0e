import { readFile, stat } from 'node:fs/promises';
import BetterSqlite from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MockInstance } from 'vitest';
import { SessionWriter } from '../session-writer.js';
import { ending, events, make, newSession, outcome, readAll } from '../testing/behaviour.js';
import { openTemporarySqlite } from '../testing/temporary-sqlite.js';
import { SqliteStore } from './sqlite-store.js';

type Opened = Awaited<ReturnType<typeof openTemporarySqlite>>;
const opened: Opened[] = [];

async function open(options: Parameters<typeof openTemporarySqlite>[0] = {}): Promise<Opened> {
  const one = await openTemporarySqlite(options);
  opened.push(one);
  return one;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.dispose()));
});

const large = 'x'.repeat(100_000);

/** Waits until a writer has tried an append again. */
function repeated(tries: MockInstance<SqliteStore['append']>): Promise<void> {
  return vi.waitFor(() => {
    expect(tries.mock.calls.length).toBeGreaterThan(1);
  }, 10_000);
}

describe('a full disk', () => {
  it('refuses what does not fit, keeps what was there, and takes more once there is room', async () => {
    const { store } = await open({ maxFileBytes: 1_000_000 });
    await store.append(await make(store, 'old'), ending(large, large, large));
    const lease = await make(store, 'a');
    await store.append(lease, events('kept'));
    let stored = 1;
    const fill = async () => {
      for (;;) {
        await store.append(lease, events(large));
        stored += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect((await store.get('a'))?.nextIndex).toBe(stored);
    expect((await readAll(store, 'a'))[0]).toBe('kept');
    await expect(store.create(newSession('b', { request: large.repeat(5) }))).rejects.toMatchObject({
      code: 'STORE_FULL',
    });
    expect(await store.get('b')).toBeUndefined();
    await store.expire({ ttlMs: 0, maxTotalBytes: 1e9, maxHoldMs: 0 });
    await store.append(lease, ending(large));
    expect((await store.get('a'))?.state).toBe('completed');
  });

  it('does not fail the calls that came together with the one that does not fit', async () => {
    const { store } = await open({ maxFileBytes: 300_000 });
    const [a, b] = [await make(store, 'a'), await make(store, 'b')];
    const [tooLarge, small, cancelled] = await Promise.allSettled([
      store.append(a, events(large.repeat(10))),
      store.append(b, events('small')),
      store.requestCancel('a'),
    ]);
    expect(tooLarge).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FULL' } });
    expect(small.status).toBe('fulfilled');
    expect(cancelled).toMatchObject({ status: 'fulfilled', value: { cancelRequested: true } });
  });

  it('makes a writer wait until there is room, in order', async () => {
    const { store } = await open({ maxFileBytes: 1_000_000 });
    await store.append(await make(store, 'old'), ending(large, large, large, large, large));
    const made = await store.create(newSession('a', { leaseMs: 60_000 }));
    if (!made.created) throw new Error('expected to make it');
    const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 60_000 });
    const tries = vi.spyOn(store, 'append');
    await writer.write(events('first', large.repeat(5)));
    const ended = writer.end(events('last'), outcome);
    await repeated(tries);
    expect((await store.get('a'))?.state).toBe('running');
    await store.expire({ ttlMs: 0, maxTotalBytes: 1e9, maxHoldMs: 0 });
    expect((await ended).nextIndex).toBe(3);
  });
});

describe('a database that another process has locked', () => {
  it('is waited for, then reported as busy, and nothing was written', async () => {
    const { store, path } = await open({ busyTimeoutMs: 50 });
    const lease = await make(store, 'a');
    const other = new BetterSqlite(path);
    other.exec('begin immediate');
    await expect(store.append(lease, events('x'))).rejects.toMatchObject({ code: 'STORE_BUSY' });
    expect((await store.get('a'))?.nextIndex).toBe(0);
    other.exec('rollback');
    other.close();
    expect((await store.append(lease, events('x'))).nextIndex).toBe(1);
  });

  it('is tried again by a writer', async () => {
    const { store, path } = await open({ busyTimeoutMs: 20 });
    const made = await store.create(newSession('a', { leaseMs: 60_000 }));
    if (!made.created) throw new Error('expected to make it');
    const writer = new SessionWriter({ store, lease: made.lease, session: made.session, leaseMs: 60_000 });
    const other = new BetterSqlite(path);
    other.exec('begin immediate');
    const tries = vi.spyOn(store, 'append');
    const ended = writer.end(events('x'), outcome);
    await repeated(tries);
    other.exec('rollback');
    other.close();
    expect((await ended).state).toBe('completed');
  });
});

describe('the database file', () => {
  it('is readable by its owner alone', async () => {
    const { path } = await open();
    for (const file of [path, `${path}-wal`]) expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('holds nothing of a session after it was deleted', async () => {
    const { store, path } = await open();
    const secret = 'Saya Budi Santoso';
    const lease = await make(store, 'a', { request: secret });
    await store.append(lease, ending(secret));
    const holds = async () => {
      const files = await Promise.all([path, `${path}-wal`].map((file) => readFile(file)));
      return files.some((bytes) => bytes.includes(secret));
    };
    expect(await holds()).toBe(true);
    await store.expire({ ttlMs: 0, maxTotalBytes: 1e9, maxHoldMs: 0 });
    await expect.poll(holds).toBe(false);
  });

  it('that cannot be opened says so', async () => {
    await expect(SqliteStore.open({ path: '/nowhere/at/all.db' })).rejects.toMatchObject({
      code: 'STORE_FAILED',
    });
  });

  it('of something else is left alone', async () => {
    const { path } = await open();
    await opened.splice(0)[0]?.store.close();
    const { writeFile } = await import('node:fs/promises');
    const other = `${path}.txt`;
    await writeFile(other, 'this is no database, but a letter of some length to a friend');
    await expect(SqliteStore.open({ path: other })).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await readFile(other, 'utf8')).toContain('a letter');
  });
});

it('runs in a thread of its own and closes without a trace', async () => {
  const { path, store: first } = await open();
  await first.close();
  const store = await SqliteStore.open({ path });
  await store.append(await make(store, 'a'), ending('x'));
  const later = [store.get('a'), store.close()];
  expect(await later[0]).toMatchObject({ state: 'completed' });
  await later[1];
  await expect(store.get('a')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
});
