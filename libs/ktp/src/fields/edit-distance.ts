/** Levenshtein distance: least number of letters inserted, deleted or replaced. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? a.length;
}

/** Letters and digits alone, capitals: spaces and marks are what print and reading differ in most. */
export function squash(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** The listed value that a reading means. */
export interface ListMatch {
  readonly value: string;
  /** Edit distance between the squashed texts. */
  readonly distance: number;
}

/**
 * Nearest entry of a list, spaces and marks left aside.
 *
 * @param tolerance most wrong letters as a share of the entry's length
 * @returns `undefined` when no entry is near enough or two are equally near
 */
export function nearest(
  reading: string,
  entries: Iterable<string>,
  tolerance: number,
): ListMatch | undefined {
  const letters = squash(reading);
  if (letters.length === 0) return undefined;
  let best: ListMatch | undefined;
  let tied = false;
  for (const value of entries) {
    const target = squash(value);
    const limit = Math.floor(target.length * tolerance);
    if (Math.abs(target.length - letters.length) > limit) continue;
    const distance = editDistance(letters, target);
    if (distance > limit) continue;
    if (!best || distance < best.distance) {
      best = { value, distance };
      tied = false;
    } else if (distance === best.distance && squash(best.value) !== target) {
      tied = true;
    }
  }
  return tied ? undefined : best;
}
