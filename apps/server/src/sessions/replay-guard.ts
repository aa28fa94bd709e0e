import type { SessionInfo, SessionStore } from '@qwenvl/sessions';
import { ReplayDivergedError } from './resume-errors.js';

const page = { maxEvents: 256, maxBytes: 1024 * 1024 };

/**
 * Holds a repeated generation against the log: what is there already must come again byte for byte and is not
 * written twice; only what follows is new. Evicted events are counted, as nobody can compare them any more.
 */
export class ReplayGuard {
  readonly #store: SessionStore;
  readonly #session: Pick<SessionInfo, 'id' | 'firstIndex' | 'nextIndex'>;
  readonly #skipTokens: number;
  #events = 0;
  #tokens = 0;
  #kept = new Map<number, string>();

  constructor(store: SessionStore, session: SessionInfo) {
    this.#store = store;
    this.#session = session;
    this.#skipTokens = session.tokenCount;
  }

  /** Whether everything in the log has come again. */
  get done(): boolean {
    return this.#events >= this.#session.nextIndex && this.#tokens >= this.#skipTokens;
  }

  /** The part of a step that the log does not have. @throws ReplayDivergedError */
  async fresh(step: { readonly tokens: readonly number[]; readonly events: readonly string[] }) {
    const events: string[] = [];
    for (const data of step.events) {
      if (this.#events >= this.#session.nextIndex) events.push(data);
      else if (!(await this.#matches(this.#events, data))) throw new ReplayDivergedError(this.#events);
      this.#events += 1;
    }
    const tokens = step.tokens.slice(Math.max(0, this.#skipTokens - this.#tokens));
    this.#tokens += step.tokens.length;
    return { events, tokens };
  }

  async #matches(index: number, data: string): Promise<boolean> {
    if (index < this.#session.firstIndex) return true;
    if (!this.#kept.has(index)) {
      const kept = await this.#store.read(this.#session.id, index - 1, page);
      this.#kept = new Map(kept?.events.map((event) => [event.index, event.data]));
    }
    return this.#kept.get(index) === data;
  }
}
