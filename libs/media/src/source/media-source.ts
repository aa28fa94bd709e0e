import { MediaError } from '../media-error.js';
import { sniffFormat } from './sniff.js';

/** Where media comes from, said outright. */
export type MediaSource =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'base64'; readonly data: string }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'stream'; readonly stream: AsyncIterable<Uint8Array> }
  | { readonly type: 'path'; readonly path: string };

/** Characters of base64 that hold the first 4 KB, enough to tell what follows. */
const HEAD_CHARACTERS = 5464;

/**
 * Tells what a bare string is: a URL where it has a known scheme, base64 where it decodes to the beginning of an
 * image or video, else a local path.
 *
 * @throws MediaError `invalid-source` for an empty string, `blocked-scheme` for an unknown scheme.
 */
export async function readSourceString(text: string): Promise<MediaSource> {
  if (text === '') throw new MediaError('invalid-source', 'The source of the media is empty.');
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    if (['http', 'https', 'data', 'file'].includes(scheme)) return { type: 'url', url: text };
    throw new MediaError(
      'blocked-scheme',
      `The scheme ${scheme} is not read: use https:, data: or base64 text.`,
    );
  }
  const head = Buffer.from(text.slice(0, HEAD_CHARACTERS), 'base64');
  if (/^[\w+/\s-]{16,}/.test(text) && (await sniffFormat(head)) !== undefined) {
    return { type: 'base64', data: text };
  }
  return { type: 'path', path: text };
}
