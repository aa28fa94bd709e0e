import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ChangeHub } from '../change-hub.js';
import type { Connection } from './connection.js';
import { changesReply } from './replies.js';

/** What following needs. */
export interface FollowChangesOptions {
  /** Used for nothing else, since waiting occupies it. */
  readonly connection: Connection;
  readonly prefix: string;
  readonly hub: ChangeHub;
  readonly closed: AbortSignal;
  /** One wait of the connection in milliseconds; nothing is lost between two. */
  readonly blockMs: number;
}

const retryMs = 100;

/**
 * Waits for everybody's changes on a connection of its own and hands them to the hub, until that connection is
 * closed. Where changes were missed (more than Redis keeps, or a connection that was away) all who wait are woken.
 */
export async function followChanges(options: FollowChangesOptions): Promise<void> {
  const { connection, prefix, hub, closed, blockMs } = options;
  let last: number | undefined;
  while (!closed.aborted) {
    try {
      if (last === undefined) {
        last = z.coerce.number().parse((await connection.send(['GET', `${prefix}change`])) ?? 0);
        hub.reset();
      }
      const command = [
        'XREAD',
        'COUNT',
        '1000',
        'BLOCK',
        String(Math.ceil(blockMs)),
        'STREAMS',
        `${prefix}changes`,
      ];
      const changes = changesReply.parse(await connection.send([...command, `${last}-0`]));
      for (const { number, id, version } of changes) {
        if (number > last + 1) hub.reset();
        last = number;
        hub.publish(id, version < 0 ? Number.POSITIVE_INFINITY : version);
      }
    } catch {
      // Calls of the store report a Redis that is away; here it only means to begin anew.
      last = undefined;
      await delay(retryMs, undefined, { signal: closed }).catch(() => undefined);
    }
  }
}
