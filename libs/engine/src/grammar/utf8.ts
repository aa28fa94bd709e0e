/**
 * Follows bytes of UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
 *
 * @param pending the bytes so far of a character that is not complete
 * @returns what is pending afterwards; undefined where the bytes are not UTF-8
 */
export function followUtf8(
  pending: readonly number[],
  bytes: Iterable<number>,
): readonly number[] | undefined {
  let character = [...pending];
  for (const byte of bytes) {
    if (!mayFollow(character, byte)) return undefined;
    character.push(byte);
    if (character.length === lengthOf(character[0] ?? 0)) character = [];
  }
  return character;
}

function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function mayFollow(character: readonly number[], byte: number): boolean {
  const [first] = character;
  if (first === undefined) return byte < 0x80 || (byte >= 0xc2 && byte <= 0xf4);
  const isSecond = character.length === 1;
  const low = isSecond && first === 0xe0 ? 0xa0 : isSecond && first === 0xf0 ? 0x90 : 0x80;
  const high = isSecond && first === 0xed ? 0x9f : isSecond && first === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}
