import { MediaError, type MediaErrorCode } from '@qwenvl/media';
import { ApiError } from '@qwenvl/openai';

/** Seconds after which a retry may find the decoders free. */
const RETRY_SECONDS = 2;

/** 400: another source is needed; 413: a smaller one; 415: another format; 422: the file itself is at fault. */
const STATUSES: Readonly<Record<MediaErrorCode, number>> = {
  'invalid-source': 400,
  'blocked-scheme': 400,
  'blocked-host': 400,
  'blocked-address': 400,
  'blocked-path': 400,
  'download-failed': 400,
  'too-large': 413,
  'unsupported-format': 415,
  'unsupported-codec': 415,
  'video-unavailable': 415,
  corrupt: 422,
  timeout: 422,
  overloaded: 503,
  closed: 503,
};

/** A media error in the API's words, naming the request field; anything else is passed on. */
export function toMediaApiError(error: unknown, param: string): unknown {
  if (!MediaError.isInstance(error)) return error;
  const status = STATUSES[error.code];
  return new ApiError({
    status,
    code: `media_${error.code.replaceAll('-', '_')}`,
    message: error.message,
    param,
    retryAfterSeconds: status === 503 ? RETRY_SECONDS : undefined,
    cause: error,
  });
}
