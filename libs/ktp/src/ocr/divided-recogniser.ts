import type { RgbImage } from '../imaging/rgb-image.js';
import type { Cancellation } from './cancellation.js';
import type { Posteriors } from './ctc.js';
import type { LineRecogniser } from './text-recogniser.js';

/** Divides lines among recognisers that run side by side, so that each has about as many pixels. */
export class DividedRecogniser implements LineRecogniser {
  readonly #own: LineRecogniser;
  readonly #others: readonly LineRecogniser[];

  /**
   * @param own the recogniser that blocks this thread while it works: asked last
   * @param others recognisers in other threads
   */
  constructor(own: LineRecogniser, others: readonly LineRecogniser[]) {
    this.#own = own;
    this.#others = others;
  }

  async recognise(lines: readonly RgbImage[], signal?: Cancellation): Promise<Posteriors[]> {
    const shares = divide(lines, this.#others.length + 1);
    const recognisers = [...this.#others, this.#own];
    const results = new Array<Posteriors>(lines.length);
    await Promise.all(
      shares.map(async (share, i) => {
        const own = share.flatMap((index) => lines[index] ?? []);
        if (own.length === 0) return;
        const read = await recognisers[i]?.recognise(own, signal);
        for (const [row, posteriors] of (read ?? []).entries()) results[share[row] ?? 0] = posteriors;
      }),
    );
    return results;
  }
}

/** Indices of the lines for each of `parts`: the longest line first, each to the part with the least so far. */
export function divide(lines: readonly { readonly width: number }[], parts: number): number[][] {
  const shares = Array.from({ length: parts }, () => ({ indices: [] as number[], width: 0 }));
  const longestFirst = lines.map(({ width }, index) => ({ width, index })).sort((a, b) => b.width - a.width);
  for (const { width, index } of longestFirst) {
    const least = shares.reduce((a, b) => (b.width < a.width ? b : a));
    least.indices.push(index);
    least.width += width;
  }
  return shares.map(({ indices }) => indices);
}
