import type { Append, Lease } from '../types.js';

/** How far a log has come, as its producer here knows it. */
export interface Position {
  readonly events: number;
  readonly tokens: number;
}

/**
 * What the producers of this process have written, by lease: each append says where it believes the log to be. An
 * append that was not answered is forgotten again, so that it can be repeated.
 */
export class Written {
  readonly #positions = new Map<string, Position>();

  set({ sessionId, fence }: Lease, position: Position): void {
    this.#positions.set(`${fence}:${sessionId}`, position);
  }

  /** Where the append begins; what follows begins after it. */
  advance(lease: Lease, { events, tokens }: Append): Position | undefined {
    const from = this.#positions.get(`${lease.fence}:${lease.sessionId}`);
    if (from === undefined) return undefined;
    this.set(lease, { events: from.events + events.length, tokens: from.tokens + tokens.length });
    return from;
  }

  forget({ sessionId, fence }: Lease): void {
    this.#positions.delete(`${fence}:${sessionId}`);
  }
}
