import type { SessionState } from '../types.js';

/** One session as the model has it: plain arrays, no eviction, no storage. */
export interface ModelSession {
  readonly events: string[];
  readonly tokens: number[];
  state: SessionState;
  fence: number;
  leaseUntil: number;
  cancelRequested: boolean;
  finishedAt: number;
  heldUntil: number;
}

/** What a store holds, and its time. */
export interface Model {
  now: number;
  readonly sessions: Map<string, ModelSession>;
}

/** Index of the first event that a store with this bound still keeps. */
export function firstKept(session: ModelSession, maxEvents: number): number {
  return Math.max(0, session.events.length - maxEvents);
}
