/** Messages between the store and the thread that owns its database. */
import type { SessionErrorCode } from '../errors.js';
import type { RetentionLimits } from '../memory-session.js';
import type { Call } from './operations.js';

/**
 * What a resolved append survives.
 * - `process`: the end of the process, kill -9 included. A power failure may lose the last `syncIntervalMs`.
 * - `power`: power failure too; every group of appends waits for the disk.
 */
export type Durability = 'process' | 'power';

/** How the thread opens and keeps its database. */
export interface DatabaseSettings {
  readonly path: string;
  readonly durability: Durability;
  readonly busyTimeoutMs: number;
  readonly syncIntervalMs: number;
  readonly pollIntervalMs: number;
  readonly maxFileBytes: number | undefined;
  readonly retention: RetentionLimits;
}

/** Store to thread. A batch is one transaction; `now` is the store's clock. */
export type Request =
  | { readonly type: 'batch'; readonly now: number; readonly calls: readonly Call[] }
  | { readonly type: 'watch'; readonly id: string }
  | { readonly type: 'unwatch'; readonly id: string }
  | { readonly type: 'close' };

export type CallResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: SessionErrorCode; readonly message: string };

/** Thread to store. `results` are in the order of the batch's calls; `Infinity` is the version of a gone session. */
export type Response =
  | { readonly type: 'opened' }
  | { readonly type: 'open-failed'; readonly code: SessionErrorCode; readonly message: string }
  | { readonly type: 'results'; readonly results: readonly CallResult[] }
  | { readonly type: 'versions'; readonly versions: readonly (readonly [id: string, version: number])[] }
  /** Upkeep between batches went wrong (checkpoint, poll); it is tried again. */
  | { readonly type: 'upkeep-failed'; readonly code: SessionErrorCode; readonly message: string }
  | { readonly type: 'closed' };
