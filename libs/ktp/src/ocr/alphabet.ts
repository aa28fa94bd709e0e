/**
 * The characters that a card can hold, and where they are among the recogniser's classes. The recogniser knows
 * 6623 mostly Chinese characters; full-width forms count for their plain ones, everything else is left out.
 */
export interface Alphabet {
  /** Distinct characters; column `i + 1` of a {@link import('./ctc.js').Posteriors} belongs to `characters[i]`, column 0 to the blank. */
  readonly characters: readonly string[];
  /** Class of the recogniser → column, -1 for classes left out. Length: number of classes. */
  readonly columnOfClass: Int16Array;
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
  const columnOfClass = new Int16Array(dictionary.length + 2).fill(-1);
  columnOfClass[0] = 0;
  for (const [index, entry] of [...dictionary, ' '].entries()) {
    const column = characters.indexOf(ALIASES[entry] ?? entry);
    if (column >= 0) columnOfClass[index + 1] = column + 1;
  }
  return { characters, columnOfClass };
}
