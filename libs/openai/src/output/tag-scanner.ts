/**
 * Finds a tag in text that arrives in pieces. Holds back as little as possible: only an end that may still
 * become the tag.
 */
export class TagScanner {
  #held = '';

  /**
   * Adds text and looks for `tag`.
   *
   * @returns `before`: text that certainly precedes the tag (or is none of it); `after`: once the tag is
   *   complete, what follows it. The scanner is then empty again.
   */
  push(text: string, tag: string): { readonly before: string; readonly after?: string } {
    const all = this.#held + text;
    const at = all.indexOf(tag);
    if (at >= 0) {
      this.#held = '';
      return { before: all.slice(0, at), after: all.slice(at + tag.length) };
    }
    const keep = overlap(all, tag);
    this.#held = keep === 0 ? '' : all.slice(-keep);
    return { before: all.slice(0, all.length - keep) };
  }

  /** Ends the search: what was held back is plain text after all. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

/** Length of the longest end of `text` that is a true beginning of `tag`. */
function overlap(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1) {
    if (tag.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
