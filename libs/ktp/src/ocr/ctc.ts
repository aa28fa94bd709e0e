/**
 * What the recogniser believes about one line: for each time step the probability of the blank (column 0) and
 * of every character of the alphabet (columns 1…). Shape `[steps, characters + 1]`. Rows need not sum to 1:
 * what is missing went to characters outside the alphabet.
 */
export interface Posteriors {
  readonly steps: number;
  readonly characters: readonly string[];
  readonly values: Float32Array;
}

/** One character read from a line. */
export interface Glyph {
  readonly character: string;
  /** Probability at its peak, `[0, 1]`. */
  readonly confidence: number;
  /** Centre of the peak along the line, `[0, 1]`. */
  readonly position: number;
}

/** Best-path decoding (Graves et al. 2006): the likeliest symbol of each step, repeats merged, blanks dropped. */
export function decodeGreedy(posteriors: Posteriors): Glyph[] {
  const { steps, characters, values } = posteriors;
  const width = characters.length + 1;
  const glyphs: Glyph[] = [];
  let previous = 0;
  let peak = 0;
  let first = 0;
  const finish = (end: number) => {
    const character = characters[previous - 1];
    if (character !== undefined) {
      glyphs.push({ character, confidence: peak, position: (first + end) / 2 / steps });
    }
  };
  for (let step = 0; step < steps; step++) {
    let best = 0;
    let bestValue = values[step * width] ?? 0;
    for (let column = 1; column < width; column++) {
      const value = values[step * width + column] ?? 0;
      if (value > bestValue) {
        best = column;
        bestValue = value;
      }
    }
    if (best !== previous) {
      finish(step);
      first = step;
      peak = 0;
    }
    peak = Math.max(peak, bestValue);
    previous = best;
  }
  finish(steps);
  return glyphs;
}

/** A whole reading with its probability under the posteriors. */
export interface Hypothesis {
  readonly text: string;
  /** Natural logarithm of the summed probability of all paths kept. */
  readonly logProbability: number;
}

/** Prefix beam search (Hannun et al. 2014) over all characters, best first. `width` prefixes are kept. */
export function decodeBeam(posteriors: Posteriors, width = 12): Hypothesis[] {
  const { steps, characters, values } = posteriors;
  const stride = characters.length + 1;
  let beam = new Map<string, Prefix>([['', { blank: 0, symbol: -Infinity }]]);
  for (let step = 0; step < steps; step++) {
    const next = new Map<string, Prefix>();
    const at = (text: string): Prefix => {
      const found = next.get(text);
      if (found) return found;
      const fresh = { blank: -Infinity, symbol: -Infinity };
      next.set(text, fresh);
      return fresh;
    };
    const logBlank = Math.log(Math.max(values[step * stride] ?? 0, FLOOR));
    for (const [text, prefix] of beam) {
      const total = addLogs(prefix.blank, prefix.symbol);
      const same = at(text);
      same.blank = addLogs(same.blank, total + logBlank);
      for (let column = 1; column < stride; column++) {
        const probability = values[step * stride + column] ?? 0;
        if (probability < PRUNE) continue;
        const log = Math.log(probability);
        const character = characters[column - 1] ?? '';
        const longer = at(text + character);
        if (text.endsWith(character)) {
          same.symbol = addLogs(same.symbol, prefix.symbol + log);
          longer.symbol = addLogs(longer.symbol, prefix.blank + log);
        } else {
          longer.symbol = addLogs(longer.symbol, total + log);
        }
      }
    }
    const ranked = [...next].sort((a, b) => score(b[1]) - score(a[1]));
    beam = new Map(ranked.slice(0, width));
  }
  return [...beam].map(([text, prefix]) => ({ text, logProbability: score(prefix) }));
}

/** Keeps the logarithm finite where the blank has no probability at all. */
const FLOOR = 1e-9;
/** Symbols below this probability are not followed. */
const PRUNE = 1e-4;

interface Prefix {
  /** Log probability of the paths that end in a blank. */
  blank: number;
  /** Log probability of the paths that end in the last character. */
  symbol: number;
}

function score(prefix: Prefix): number {
  return addLogs(prefix.blank, prefix.symbol);
}

function addLogs(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}
