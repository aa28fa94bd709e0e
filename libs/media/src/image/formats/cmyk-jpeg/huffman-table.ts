import { MediaError } from '../../../media-error.js';
import type { BitReader } from './bit-reader.js';

const MAX_CODE_LENGTH = 16;

/** A JPEG Huffman table (T.81, annex C), as the symbol and code length for each 16 bits that may come. */
export class HuffmanTable {
  /** Length in the high byte, symbol in the low one; 0 where no code begins so. */
  readonly #entries = new Uint16Array(1 << MAX_CODE_LENGTH);

  /** @param counts how many codes there are of each length, 1 to 16; `values` are their symbols in order. */
  constructor(counts: Uint8Array, values: Uint8Array) {
    let position = 0;
    let index = 0;
    counts.forEach((count, i) => {
      const length = i + 1;
      for (let n = 0; n < count; n += 1, index += 1) {
        const next = position + (1 << (MAX_CODE_LENGTH - length));
        this.#entries.fill((length << 8) | (values[index] ?? 0), position, next);
        position = next;
      }
    });
  }

  /** Reads one symbol. */
  decode(reader: BitReader): number {
    const entry = this.#entries[reader.peek(MAX_CODE_LENGTH)] ?? 0;
    if (entry === 0) throw new MediaError('corrupt', 'The JPEG holds an unknown code.');
    reader.bits(entry >> 8);
    return entry & 0xff;
  }
}
