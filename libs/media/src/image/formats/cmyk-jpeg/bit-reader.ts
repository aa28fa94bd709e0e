/** Reads the bits of a JPEG scan: stuffed zero bytes are skipped, behind a marker there are only zeros. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #offset: number;
  /** The next bits, as many as counted, in the low end. */
  #buffer = 0;
  #buffered = 0;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  /** The next bit. */
  bit(): number {
    return this.bits(1);
  }

  /** The next bits as a number, the first one highest; up to 16. */
  bits(count: number): number {
    const value = this.peek(count);
    this.#buffered -= count;
    return value;
  }

  /** Like `bits`, but they stay to be read. */
  peek(count: number): number {
    while (this.#buffered < count) {
      this.#buffer = (this.#buffer << 8) | this.#nextByte();
      this.#buffered += 8;
    }
    return (this.#buffer >> (this.#buffered - count)) & ((1 << count) - 1);
  }

  /** The next bits as a signed number in JPEG's way: a leading 0 means negative (T.81, F.2.2.1). */
  signed(count: number): number {
    if (count === 0) return 0;
    const value = this.bits(count);
    return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
  }

  /** Goes to the restart marker ahead, and past it. */
  restart(): void {
    this.#buffered = 0;
    const bytes = this.#bytes;
    for (let i = this.#offset; i + 1 < bytes.length; i += 1) {
      if (bytes[i] !== 0xff) continue;
      const marker = bytes[i + 1] ?? 0;
      if (marker >= 0xd0 && marker <= 0xd7) this.#offset = i + 2;
      if (marker !== 0 && marker !== 0xff) return;
    }
  }

  #nextByte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) return 0;
    if (byte !== 0xff) {
      this.#offset += 1;
      return byte;
    }
    if (this.#bytes[this.#offset + 1] !== 0) return 0; // a marker: the scan is over
    this.#offset += 2;
    return byte;
  }
}
