import { fourCharacters, viewOf } from './byte-view.js';
import type { Orientation } from './orient.js';

/** Orientation for each rotation (quarter turns against the clock): not mirrored, mirrored left-right, top-bottom. */
const UPRIGHT: readonly Orientation[] = [1, 8, 3, 6];
const MIRRORED_HORIZONTALLY: readonly Orientation[] = [2, 7, 4, 5];
const MIRRORED_VERTICALLY: readonly Orientation[] = [4, 5, 2, 7];

/** Boxes that hold the item properties, from the outside in; `meta` begins with 4 bytes of version. */
const PATH = ['meta', 'iprp', 'ipco'] as const;

/**
 * Reads an AVIF's rotation (`irot`) and mirror (`imir`) properties as an EXIF orientation: first the rotation, then
 * the mirror (ISO/IEC 23008-12, 6.5.10 and 6.5.12).
 *
 * @returns 1 where there is none.
 */
export function readAvifOrientation(avif: Uint8Array): Orientation {
  let scope = avif;
  for (const name of PATH) {
    const box = boxes(scope).find((candidate) => candidate.name === name);
    if (box === undefined) return 1;
    scope = name === 'meta' ? box.body.subarray(4) : box.body;
  }
  const properties = boxes(scope);
  const turns = (properties.find(({ name }) => name === 'irot')?.body[0] ?? 0) & 3;
  const mirror = properties.find(({ name }) => name === 'imir')?.body[0];
  const table =
    mirror === undefined ? UPRIGHT : (mirror & 1) === 1 ? MIRRORED_HORIZONTALLY : MIRRORED_VERTICALLY;
  return table[turns] ?? 1;
}

/** Lists the boxes side by side in the bytes; a damaged tail is left out. */
function boxes(bytes: Uint8Array): { readonly name: string; readonly body: Uint8Array }[] {
  const view = viewOf(bytes);
  const found = [];
  for (let offset = 0; offset + 8 <= bytes.length;) {
    const size = view.getUint32(offset);
    const end = size === 0 ? bytes.length : offset + size;
    if (end < offset + 8 || end > bytes.length) break;
    found.push({ name: fourCharacters(bytes, offset + 4), body: bytes.subarray(offset + 8, end) });
    offset = end;
  }
  return found;
}
