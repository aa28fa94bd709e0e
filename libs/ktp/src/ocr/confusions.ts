import type { Posteriors } from './ctc.js';

/** Characters that one field can hold, and which other characters are read in their place. */
export interface FieldAlphabet {
  readonly characters: readonly string[];
  /** Character of the recogniser → character of the field that its probability counts for. */
  readonly counted: Readonly<Record<string, string>>;
}

const CAPITALS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const DIGITS = Array.from('0123456789');
/** Cards print capitals only. A small l is a capital I without serifs; the others are their own capitals. */
const TO_CAPITAL = Object.fromEntries(
  CAPITALS.map((capital) => [capital.toLowerCase(), capital === 'L' ? 'I' : capital]),
);
const TO_LETTER = { '0': 'O', '1': 'I', '5': 'S', '8': 'B' };
const TO_DIGIT = {
  O: '0',
  o: '0',
  D: '0',
  Q: '0',
  I: '1',
  i: '1',
  l: '1',
  J: '1',
  Z: '2',
  z: '2',
  A: '4',
  S: '5',
  s: '5',
  b: '6',
  G: '6',
  B: '8',
  g: '9',
  q: '9',
};

/** Any print: capitals, digits, punctuation. */
export const PRINT: FieldAlphabet = {
  characters: [...CAPITALS, ...DIGITS, ...Array.from(".,:/-+'() ")],
  counted: TO_CAPITAL,
};
/** Names and listed values: no digits. */
export const LETTERS: FieldAlphabet = {
  characters: [...CAPITALS, ...Array.from(".,:/-' ")],
  counted: { ...TO_CAPITAL, ...TO_LETTER },
};
/** Numbers with the marks that dates and RT/RW use. */
export const NUMBERS: FieldAlphabet = { characters: [...DIGITS, ...Array.from(':/- ')], counted: TO_DIGIT };
/** The NIK. */
export const DIGITS_ONLY: FieldAlphabet = { characters: DIGITS, counted: TO_DIGIT };

/** Sums the probabilities of confused characters into the ones that the field can hold. */
export function restrict(posteriors: Posteriors, alphabet: FieldAlphabet): Posteriors {
  const width = posteriors.characters.length + 1;
  const target = alphabet.characters.length + 1;
  const column = posteriors.characters.map((character) =>
    Math.max(
      alphabet.characters.indexOf(character),
      alphabet.characters.indexOf(alphabet.counted[character] ?? ''),
    ),
  );
  const values = new Float32Array(posteriors.steps * target);
  for (let step = 0; step < posteriors.steps; step++) {
    values[step * target] = posteriors.values[step * width] ?? 0;
    for (const [index, to] of column.entries()) {
      if (to < 0) continue;
      const at = step * target + to + 1;
      values[at] = (values[at] ?? 0) + (posteriors.values[step * width + index + 1] ?? 0);
    }
  }
  return { steps: posteriors.steps, characters: alphabet.characters, values };
}
