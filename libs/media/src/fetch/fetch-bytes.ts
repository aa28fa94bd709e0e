import { request, type Agent, type Dispatcher } from 'undici';
import { unlessAborted, withDeadline } from '../deadline.js';
import { MediaError } from '../media-error.js';
import type { MediaPolicy } from '../policy.js';
import { collectBytes } from '../source/collect-bytes.js';
import { checkHost } from './host-rules.js';

type FetchRules = Pick<
  MediaPolicy,
  'schemes' | 'allowedHosts' | 'deniedHosts' | 'maxRedirects' | 'downloadTimeoutMs'
>;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Downloads one file, following redirects by hand so that each address is checked like the first.
 *
 * @param maxBytes limit of the body, counted while it streams in.
 * @throws MediaError `blocked-*`, `download-failed`, `too-large`, `timeout`.
 */
export async function fetchBytes(
  url: URL,
  maxBytes: number,
  rules: FetchRules,
  agent: Agent,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  return withDeadline('Downloading the media', rules.downloadTimeoutMs, signal, async (bounded) => {
    let place = url;
    for (let hop = 0; hop <= rules.maxRedirects; hop += 1) {
      checkPlace(place, rules);
      const response = await unlessAborted(send(place, agent, bounded), bounded);
      if (!REDIRECTS.has(response.statusCode)) return await readBody(response, maxBytes, bounded);
      const next = response.headers.location;
      discard(response.body);
      if (typeof next !== 'string' || !URL.canParse(next, place.href)) {
        throw new MediaError('download-failed', `${place.host} redirects to no valid address.`);
      }
      place = new URL(next, place.href);
    }
    throw new MediaError('download-failed', `More than ${rules.maxRedirects} redirects.`);
  });
}

function checkPlace(place: URL, rules: FetchRules): void {
  const scheme = place.protocol.slice(0, -1);
  if ((scheme !== 'http' && scheme !== 'https') || !rules.schemes.includes(scheme)) {
    throw new MediaError('blocked-scheme', `Fetching with the scheme ${scheme} is not allowed here.`);
  }
  if (place.username !== '' || place.password !== '') {
    throw new MediaError('invalid-source', 'URLs with a user name or password are not fetched.');
  }
  checkHost(place.hostname, rules);
}

async function send(place: URL, agent: Agent, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  try {
    return await request(place, {
      dispatcher: agent,
      signal,
      headers: {
        accept: 'image/*, video/*, */*;q=0.1',
        'accept-encoding': 'identity',
        'user-agent': 'qwenvl-media',
      },
    });
  } catch (error) {
    throw asDownloadError(error, place);
  }
}

async function readBody(
  response: Dispatcher.ResponseData,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { statusCode, headers, body } = response;
  try {
    if (statusCode !== 200) throw new MediaError('download-failed', `The server answered ${statusCode}.`);
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      throw new MediaError('download-failed', 'The server sends the file compressed although asked not to.');
    }
    return await unlessAborted(collectBytes(body, maxBytes, Number(headers['content-length'] ?? 0)), signal);
  } catch (error) {
    discard(body);
    throw asDownloadError(error);
  }
}

/** Ends a response that is not read to its end; that it breaks off is no news. */
function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => undefined).destroy();
}

function asDownloadError(error: unknown, place?: URL): MediaError {
  if (MediaError.isInstance(error)) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  if (MediaError.isInstance(cause)) return cause;
  const where = place === undefined ? 'The download broke off.' : `${place.host} could not be reached.`;
  return new MediaError('download-failed', where, { cause: error });
}
