/**
 * The characters that a card can hold, and where they are among the recogniser's classes. The recogniser knows
 * 6623 mostly Chinese characters; full-width forms count for their plain ones, everything else is left out.
 */
export interface Alphabet {
  /** Distinct characters; column `i + 1` of a {@link import('./ctc.js').Posteriors} belongs to `characters[i]`, column 0 to the blank. */
  readonly characters: readonly string[];
  /** Classes of the recogniser that count, the blank first. */
  readonly classes: readonly number[];
  /** Column of each of {@link classes}; several may share one. */
  readonly columns: readonly number[];
}

const PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;/-+'()";
const ALIASES: Readonly<Record<string, string>> = {
  '：': ':',
  '，': ',',
  '、': ',',
  '。': '.',
  '．': '.',
  '／': '/',
  '－': '-',
  '—': '-',
  '–': '-',
  '＋': '+',
  '（': '(',
  '）': ')',
  '’': "'",
  '‘': "'",
  '`': "'",
  '´': "'",
  '·': '.',
};

/**
 * @param dictionary the recogniser's characters in class order, without the blank (class 0) and without the
 * space, which is the last class
 */
export function buildAlphabet(dictionary: readonly string[]): Alphabet {
  const characters = Array.from(PLAIN);
  const classes = [0];
  const columns = [0];
  for (const [index, entry] of [...dictionary, ' '].entries()) {
    const column = characters.indexOf(ALIASES[entry] ?? entry);
    if (column < 0) continue;
    classes.push(index + 1);
    columns.push(column + 1);
  }
  return { characters, classes, columns };
}
