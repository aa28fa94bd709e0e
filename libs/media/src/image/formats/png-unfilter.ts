import { MediaError } from '../../media-error.js';

/**
 * Undoes a row's filter in place (PNG specification, 9.2).
 *
 * @param row the row, of which `above` is the one before it, unfiltered; all zero for the first.
 * @param pixelBytes distance to the byte on the left, at least 1.
 */
export function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  const length = row.length;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = pixelBytes; i < length; i += 1) row[i] = at(row, i) + at(row, i - pixelBytes);
      return;
    case 2:
      for (let i = 0; i < length; i += 1) row[i] = at(row, i) + at(above, i);
      return;
    case 3:
      for (let i = 0; i < length; i += 1) {
        const left = i < pixelBytes ? 0 : at(row, i - pixelBytes);
        row[i] = at(row, i) + ((left + at(above, i)) >> 1);
      }
      return;
    case 4:
      for (let i = 0; i < length; i += 1) {
        const left = i < pixelBytes ? 0 : at(row, i - pixelBytes);
        const corner = i < pixelBytes ? 0 : at(above, i - pixelBytes);
        row[i] = at(row, i) + paeth(left, at(above, i), corner);
      }
      return;
    default:
      throw new MediaError('corrupt', 'The PNG has a row with an unknown filter.');
  }
}

/** Whichever neighbour is nearest to `left + above - corner`. */
function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
