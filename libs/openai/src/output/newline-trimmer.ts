/**
 * Removes line breaks at the edges of a section that arrives in pieces: the template's layout, not the
 * model's words. Line breaks within the section pass.
 */
export class NewlineTrimmer {
  #held = '';
  #isAtStart: boolean;
  readonly #trimsEnd: boolean;

  /** @param edges Which edges to trim; each defaults to true. */
  constructor(edges: { readonly start?: boolean; readonly end?: boolean } = {}) {
    this.#isAtStart = edges.start ?? true;
    this.#trimsEnd = edges.end ?? true;
  }

  /** Adds text; returns what is certain to belong to the section. */
  push(text: string): string {
    const fresh = this.#isAtStart ? text.replace(/^\n+/, '') : text;
    if (fresh === '') return '';
    this.#isAtStart = false;
    if (!this.#trimsEnd) return fresh;
    const all = this.#held + fresh;
    const end = all.length - (/\n*$/.exec(all)?.[0].length ?? 0);
    this.#held = all.slice(end);
    return all.slice(0, end);
  }

  /** Ends the section at the end of all output, where trailing line breaks are the model's own. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}
