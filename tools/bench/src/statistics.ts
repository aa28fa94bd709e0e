/** The middle of some measurements, and how far they lie apart. */
export interface Summary {
  readonly median: number;
  /** Distance between the quartiles. */
  readonly spread: number;
  readonly count: number;
}

/** Value below which a share of the sorted values lies, linear between them. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    spread: quantile(sorted, 0.75) - quantile(sorted, 0.25),
    count: sorted.length,
  };
}
