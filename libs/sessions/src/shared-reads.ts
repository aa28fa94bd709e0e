import type { Page, PageLimit } from './types.js';

/**
 * Readers at the end of one log ask for the same page at the same moment: one query answers them all. A read that is
 * called after a write must see it, so writes end the sharing.
 */
export class SharedReads {
  readonly #reads = new Map<string, Promise<Page | undefined>>();

  /** The page that is being read already, or `query`'s. */
  read(
    id: string,
    after: number,
    limit: PageLimit,
    query: () => Promise<Page | undefined>,
  ): Promise<Page | undefined> {
    const key = JSON.stringify([id, after, limit.maxEvents, limit.maxBytes]);
    const same = this.#reads.get(key);
    if (same !== undefined) return same;
    const page = query().finally(() => {
      if (this.#reads.get(key) === page) this.#reads.delete(key);
    });
    this.#reads.set(key, page);
    return page;
  }

  /** Call before a write is sent. */
  clear(): void {
    this.#reads.clear();
  }
}
