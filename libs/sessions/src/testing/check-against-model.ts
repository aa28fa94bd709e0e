import fc from 'fast-check';
import type { StoreFactory } from './behaviour.js';
import { modelCommands } from './model-commands.js';
import type { Model } from './model.js';

/** How hard to try. */
export interface ModelCheckOptions {
  /** Random sequences; default 100. */
  readonly runs?: number | undefined;
  /** Commands of one sequence at most; default 40. */
  readonly length?: number | undefined;
}

const maxEvents = 6;

/**
 * Runs random sequences of create, append, read, cancel, acquire, release, expire, time and (where the backend is
 * shared) crashes against a store and against a model of a few lines; both must agree at every step. A crash
 * leaves the store as it is, without closing it, and goes on with another one on the same data.
 * @throws with the shortest failing sequence found
 */
export async function checkAgainstModel(open: StoreFactory, options: ModelCheckOptions = {}): Promise<void> {
  const start = Date.UTC(2026, 0, 1);
  const probe = await open({ now: Date.now, maxEventsPerSession: maxEvents, maxBytesPerSession: 1e6 });
  const crashes = probe.another !== undefined;
  await probe.dispose();
  const commands = fc.commands(modelCommands(crashes), { maxCommands: options.length ?? 40 });
  const property = fc.asyncProperty(commands, async (sequence) => {
    let now = start;
    const tested = await open({ now: () => now, maxEventsPerSession: maxEvents, maxBytesPerSession: 1e6 });
    const real = {
      store: tested.store,
      maxEvents,
      advance: (milliseconds: number) => {
        now += milliseconds;
      },
      crash: async () => {
        real.store = (await tested.another?.()) ?? real.store;
      },
    };
    const model: Model = { now: start, sessions: new Map() };
    try {
      await fc.asyncModelRun(() => ({ model, real }), sequence);
    } finally {
      await tested.dispose();
    }
  });
  await fc.assert(property, { numRuns: options.runs ?? 100 });
}
