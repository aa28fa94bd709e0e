import type { Kysely } from 'kysely';
import type { RetentionLimits } from '../memory-session.js';
import type {
  Acquired,
  Append,
  CreateResult,
  DueSessions,
  ExpireLimits,
  Lease,
  NewSession,
  Page,
  PageLimit,
  SessionInfo,
} from '../types.js';
import { append } from './append.js';
import { expire, hold, remove, requestCancel, setPresence } from './control.js';
import { acquire, create, release, renew } from './lease.js';
import { due, get, read } from './read.js';
import type { SessionDatabase } from './schema.js';

/** What crosses over to the thread that owns the database: name → arguments and result. */
export interface Operations {
  create: { args: [session: NewSession]; result: CreateResult };
  get: { args: [id: string]; result: SessionInfo | undefined };
  read: { args: [id: string, after: number, limit: PageLimit]; result: Page | undefined };
  append: { args: [lease: Lease, append: Append]; result: SessionInfo };
  acquire: { args: [id: string, leaseMs: number]; result: Acquired | undefined };
  renew: { args: [lease: Lease, leaseMs: number]; result: SessionInfo };
  release: { args: [lease: Lease]; result: undefined };
  requestCancel: { args: [id: string]; result: SessionInfo | undefined };
  setPresence: { args: [id: string, presence: { attended: boolean; cancelAt: number }]; result: undefined };
  hold: { args: [id: string, until: number]; result: undefined };
  due: { args: [limit: number]; result: DueSessions };
  expire: { args: [limits: ExpireLimits]; result: string[] };
  delete: { args: [id: string]; result: boolean };
}

/** One call, tagged by its name. */
export type Call = {
  [K in keyof Operations]: { readonly name: K; readonly args: Operations[K]['args'] };
}[keyof Operations];

const reading: ReadonlySet<keyof Operations> = new Set(['get', 'read', 'due']);

/** Whether a call leaves the database as it is. */
export function onlyReads(call: Call): boolean {
  return reading.has(call.name);
}

/** Carries out one call inside the transaction that `db` stands for. */
export async function perform(
  db: Kysely<SessionDatabase>,
  call: Call,
  now: number,
  limits: RetentionLimits,
): Promise<Operations[keyof Operations]['result']> {
  switch (call.name) {
    case 'create':
      return create(db, ...call.args, now);
    case 'get':
      return get(db, ...call.args);
    case 'read':
      return read(db, ...call.args);
    case 'append':
      return append(db, ...call.args, now, limits);
    case 'acquire':
      return acquire(db, ...call.args, now);
    case 'renew':
      return renew(db, ...call.args, now);
    case 'release':
      await release(db, ...call.args);
      return undefined;
    case 'requestCancel':
      return requestCancel(db, ...call.args);
    case 'setPresence':
      await setPresence(db, ...call.args);
      return undefined;
    case 'hold':
      await hold(db, ...call.args);
      return undefined;
    case 'due':
      return due(db, ...call.args, now);
    case 'expire':
      return expire(db, ...call.args, now);
    case 'delete':
      return remove(db, ...call.args);
  }
}
