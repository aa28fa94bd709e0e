import { SessionWriter } from '@qwenvl/sessions';
import type { Lease, SessionInfo, SessionStore } from '@qwenvl/sessions';
import type { Logger } from 'pino';
import type { StreamIdentity } from './ports.js';
import { runGeneration } from './run-generation.js';
import type { Generation } from './run-generation.js';

/** Options of `Producers`. */
export interface ProducersOptions {
  readonly store: SessionStore;
  readonly log: Logger;
  /** Length of a producer's lease in milliseconds: how long a dead process's streams stand still. */
  readonly leaseMs: number;
}

/** A generation that this process takes on. */
export interface Production {
  readonly lease: Lease;
  readonly session: SessionInfo;
  readonly identity: StreamIdentity;
  readonly resumed: boolean;
  readonly tokens: readonly number[];
  readonly prepare: Generation['prepare'];
  readonly closing: Generation['closing'];
}

/** The generations that run in this process. */
export class Producers {
  readonly #options: ProducersOptions;
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: ProducersOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Whether a session is produced here. */
  has(sessionId: string): boolean {
    return this.#running.has(sessionId);
  }

  /** Runs a generation in the background until its terminal event, or until `stop`. */
  start(production: Production): void {
    const { sessionId } = production.lease;
    const run = this.#run(production).finally(() => {
      if (this.#running.get(sessionId) === run) this.#running.delete(sessionId);
    });
    this.#running.set(sessionId, run);
  }

  /** Resolves once nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Gives all generations up; their sessions stay open for the next producer. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #run({ lease, session, ...generation }: Production): Promise<void> {
    const { store, leaseMs, log } = this.#options;
    const { completionId } = generation.identity;
    const writer = new SessionWriter({ store, lease, session, leaseMs });
    try {
      const result = await runGeneration({ store, writer, stop: this.#stop.signal, ...generation });
      const state = result === 'handed-over' ? result : result.state;
      log.info({ completionId, state, resumed: generation.resumed }, 'generation left');
    } catch (error) {
      log.error({ completionId, code: codeOf(error) }, 'generation lost its log');
      await writer.abandon().catch((failure: unknown) => {
        log.warn({ completionId, code: codeOf(failure) }, 'lease not given back');
      });
    }
  }
}

/** A stable word for the log: messages may hold what a user sent. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? String(error.code) : error.name;
}
