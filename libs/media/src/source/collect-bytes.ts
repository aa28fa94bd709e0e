import { MediaError } from '../media-error.js';

/**
 * Gathers a stream into one array, counting while it comes in.
 *
 * @param declaredBytes what the sender announced, 0 if nothing: refused at once where it is too much.
 * @throws MediaError `too-large`.
 */
export async function collectBytes(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  declaredBytes = 0,
): Promise<Uint8Array> {
  if (declaredBytes > maxBytes) throw tooManyBytes(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooManyBytes(maxBytes);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** The error for media with more encoded bytes than allowed. */
export function tooManyBytes(maxBytes: number): MediaError {
  return new MediaError('too-large', `The media holds more than ${maxBytes} bytes, the limit here.`);
}
