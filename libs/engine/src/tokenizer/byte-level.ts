/**
 * Byte-level BPE writes each byte as a printable character (GPT-2's table): printable Latin-1 stands for itself, the
 * 68 others follow from U+0100 on.
 */
const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

const byteOfCharacter = new Map<string, number>();
let replacement = 0x100;
for (let byte = 0; byte < 256; byte++)
  byteOfCharacter.set(String.fromCharCode(isPrintable(byte) ? byte : replacement++), byte);

/** The bytes of a token as the vocabulary writes it; undefined when a character stands for no byte. */
export function byteLevelBytes(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteOfCharacter.get(token.charAt(i));
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
