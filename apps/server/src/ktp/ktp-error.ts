import { ImageRefusedError, KtpError } from '@qwenvl/ktp';
import { MediaError, type MediaErrorCode } from '@qwenvl/media';
import { ApiError } from '@qwenvl/openai';

/** The answer to an error while a card was decoded or read; errors that are no one's fault outside stay as they are. */
export function toKtpApiError(error: unknown): unknown {
  if (ImageRefusedError.isInstance(error)) {
    return new ApiError({ status: 422, code: error.reason, message: error.message, param: 'image' });
  }
  if (KtpError.isInstance(error)) return fromKtpError(error);
  if (MediaError.isInstance(error)) {
    const { code, message } = error;
    const status = MEDIA_STATUS[code] ?? 400;
    return new ApiError({
      status,
      code: code.replaceAll('-', '_'),
      message,
      param: 'image',
      ...retry(status),
    });
  }
  return error;
}

function fromKtpError(error: KtpError): ApiError {
  const { code, message } = error;
  switch (code) {
    case 'ocr_timeout':
      return new ApiError({ status: 504, code, message });
    case 'ocr_queue_full':
      return new ApiError({ status: 429, code, message, ...retry(429) });
    case 'model_answer_invalid':
      return new ApiError({ status: 502, code, message });
    case 'ocr_failed':
    case 'image_refused':
      return new ApiError({ status: 500, code, message, cause: error });
    default:
      return code satisfies never;
  }
}

/** Everything else is the client's to change: 400. */
const MEDIA_STATUS: Partial<Record<MediaErrorCode, number>> = {
  'too-large': 413,
  'unsupported-format': 415,
  'unsupported-codec': 415,
  corrupt: 422,
  timeout: 504,
  'download-failed': 400,
  overloaded: 429,
  closed: 503,
};

function retry(status: number): { retryAfterSeconds?: number } {
  return status === 429 ? { retryAfterSeconds: 2 } : {};
}
