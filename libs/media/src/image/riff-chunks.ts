import { fourCharacters, viewOf } from './byte-view.js';

/** One part of a RIFF container: its name, its body, and the whole of it with header and padding. */
export interface RiffChunk {
  readonly name: string;
  readonly body: Uint8Array;
  readonly whole: Uint8Array;
}

/** Lists chunks that lie side by side; a damaged tail is left out. */
export function* riffChunks(bytes: Uint8Array): Generator<RiffChunk> {
  const view = viewOf(bytes);
  for (let offset = 0; offset + 8 <= bytes.length;) {
    const size = view.getUint32(offset + 4, true);
    const end = offset + 8 + size;
    if (end > bytes.length) return;
    yield {
      name: fourCharacters(bytes, offset),
      body: bytes.subarray(offset + 8, end),
      whole: bytes.subarray(offset, end + (size % 2)),
    };
    offset = end + (size % 2);
  }
}
