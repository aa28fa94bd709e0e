import { ApiError } from '@qwenvl/openai';
import type { Acquired } from '@qwenvl/sessions';
import type { PreparedStream, StreamSource } from './ports.js';
import type { Production } from './producers.js';
import { NotResumableError, TryLaterError } from './resume-errors.js';
import { readStoredRequest } from './stored-request.js';
import type { StoredRequest } from './stored-request.js';
import { fallbackClosing } from './stream-sources.js';
import type { StreamSources } from './stream-sources.js';

/** How orphans are treated. */
export interface AdoptOptions {
  readonly sources: StreamSources;
  /** Whether generations go on; otherwise orphans are closed as interrupted. */
  readonly resume: boolean;
}

/** Turns an orphaned session into a production that goes on from its log, or that closes it as interrupted. */
export function adopt(
  { lease, session, request: text, tokens }: Acquired,
  options: AdoptOptions,
): Production {
  const common = { lease, session, tokens, resumed: true };
  const known = readBack(text, options.sources);
  if (known instanceof NotResumableError) {
    const identity = { completionId: 'unknown', created: 0, seed: 0 };
    return { ...common, identity, closing: fallbackClosing, prepare: () => Promise.reject(known) };
  }
  const { request, source, body } = known;
  return {
    ...common,
    identity: request.identity,
    closing: (reason, usage) => source.closing(body, request.identity, reason, usage),
    prepare: (signal) =>
      options.resume
        ? prepareAgain(source, body, request, signal)
        : Promise.reject(new NotResumableError('The server was restarted and does not continue answers.')),
  };
}

interface ReadBack {
  readonly request: StoredRequest;
  readonly source: StreamSource<unknown>;
  readonly body: unknown;
}

function readBack(text: string, sources: StreamSources): ReadBack | NotResumableError {
  try {
    const request = readStoredRequest(text);
    const source = sources[request.kind];
    if (source === undefined) return new NotResumableError('This server does not know this kind of request.');
    return { request, source, body: source.parse(request.sent) };
  } catch (error) {
    return new NotResumableError('This server cannot read the request any more.', { cause: error });
  }
}

async function prepareAgain(
  source: StreamSource<unknown>,
  body: unknown,
  request: StoredRequest,
  signal: AbortSignal,
): Promise<PreparedStream> {
  const prepared = await source.prepare(body, { recovering: true, signal }).catch((error: unknown) => {
    if (isPassing(error))
      throw new TryLaterError('The server cannot continue this answer yet.', { cause: error });
    throw new NotResumableError('The answer could not be continued after a restart.', { cause: error });
  });
  if (prepared.fingerprint === request.fingerprint) return prepared;
  prepared.dispose();
  throw new NotResumableError(
    'The engine, the model or the media of this request are not those that the answer began with.',
  );
}

function isPassing(error: unknown): boolean {
  return ApiError.isInstance(error) && error.retryAfterSeconds !== undefined;
}
