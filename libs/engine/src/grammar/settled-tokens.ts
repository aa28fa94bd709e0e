import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { ForcedText } from './compiled-grammar.js';

/**
 * The tokens of a text without alternatives, as far as the tokenizer would write them so whatever comes after it: up
 * to the last border of pieces that a following character cannot move. What is beyond is left to the model, which may
 * want a longer token that reaches into what follows: `wh` of `what|who` belongs to the next token, the quote before a
 * letter or a digit does not.
 *
 * One following character decides, because the patterns that cut text into pieces read it from left to right and are
 * greedy. White space is the exception, where more of it may join: it is never the last that is settled.
 */
export function settledTokens(
  tokenizer: Pick<Tokenizer, 'pieces' | 'encodePlain' | 'vocabulary'>,
  { text, following }: ForcedText,
): readonly number[] {
  const pieces = tokenizer.pieces(text);
  const last = pieces.at(-1) ?? '';
  const isSpace = last.trim() === '';
  const isWhole =
    (following?.length === 0 || !isSpace) &&
    following?.every((character) => tokenizer.pieces(last + character)[0] === last);
  const rest = text.slice(0, text.length - last.length);
  const settled = isWhole === true ? text : isSpace ? rest.trimEnd() : rest;
  const ids = tokenizer.encodePlain(settled);
  // Normalisation would write another text than the one that must come.
  const bytes = Buffer.concat(ids.map((id) => tokenizer.vocabulary.bytes(id)));
  return bytes.equals(Buffer.from(settled)) ? ids : [];
}
