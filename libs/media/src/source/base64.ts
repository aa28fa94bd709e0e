import { MediaError } from '../media-error.js';
import { tooManyBytes } from './collect-bytes.js';

/**
 * Decodes base64 or base64url, padded or not, line breaks allowed; anything else in it is refused.
 *
 * @throws MediaError `too-large` before anything is decoded, `invalid-source`.
 */
export function decodeBase64(text: string, maxBytes: number): Uint8Array {
  if (text.length * 0.75 > maxBytes * 1.1 + 4) throw tooManyBytes(maxBytes);
  const dense = /\s/.test(text) ? text.replaceAll(/\s+/g, '') : text;
  const padding = dense.endsWith('==') ? 2 : dense.endsWith('=') ? 1 : 0;
  const expected = Math.floor(((dense.length - padding) * 3) / 4);
  if (expected > maxBytes) throw tooManyBytes(maxBytes);
  const decoded = Buffer.from(dense, 'base64');
  // Buffer skips characters outside the alphabet: what was skipped is missing in the length.
  if (decoded.length !== expected || (dense.length - padding) % 4 === 1) {
    throw new MediaError('invalid-source', 'The base64 text of the media is not valid.');
  }
  // A copy where it sits in Buffer's shared pool: the memory is handed over to other threads.
  return decoded.byteLength === decoded.buffer.byteLength ? decoded : new Uint8Array(decoded);
}

/**
 * Splits a base64 `data:` URL.
 *
 * @returns its base64 text.
 * @throws MediaError `invalid-source` where it is not base64.
 */
export function base64OfDataUrl(url: string): string {
  const comma = url.indexOf(',');
  const header = url.slice(0, Math.max(comma, 0));
  if (comma < 0 || comma > 256 || !/;\s*base64$/i.test(header)) {
    throw new MediaError('invalid-source', 'A data: URL of media must be base64: data:image/png;base64,….');
  }
  const text = url.slice(comma + 1);
  return text.includes('%')
    ? text.replaceAll(/%2B/gi, '+').replaceAll(/%2F/gi, '/').replaceAll(/%3D/gi, '=')
    : text;
}
