import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { PadRun, PromptPiece } from './expand-media.js';
import type { TokenSpan } from './prepared-prompt.js';

/**
 * Encodes the pieces of a prompt. Neighbouring texts are joined first, so that merges across their border are those
 * of the whole.
 *
 * @returns the ids, and where each run of pads stands
 */
export function encodePieces(
  pieces: readonly (PromptPiece | PadRun)[],
  tokenizer: Pick<Tokenizer, 'encodePlain'>,
): { ids: Int32Array; padSpans: TokenSpan[] } {
  const ids: number[] = [];
  const padSpans: TokenSpan[] = [];
  let text = '';
  const endText = (): void => {
    for (const id of tokenizer.encodePlain(text)) ids.push(id);
    text = '';
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    endText();
    if (typeof piece === 'number') {
      ids.push(piece);
    } else {
      padSpans.push({ start: ids.length, length: piece.count });
      for (let i = 0; i < piece.count; i++) ids.push(piece.pad);
    }
  }
  endText();
  return { ids: Int32Array.from(ids), padSpans };
}
