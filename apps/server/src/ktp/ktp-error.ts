import { ImageRefusedError, KtpError } from '@qwenvl/ktp';
import { ApiError } from '@qwenvl/openai';
import { toMediaApiError } from '../media/media-api-error.js';

/** Seconds after which a retry may find a place. */
const RETRY_SECONDS = 2;

/** The answer to an error while a card was decoded or read; anything else is passed on. */
export function toKtpApiError(error: unknown): unknown {
  if (ImageRefusedError.isInstance(error)) {
    return new ApiError({ status: 422, code: error.reason, message: error.message, param: 'image' });
  }
  return KtpError.isInstance(error) ? fromKtpError(error) : toMediaApiError(error, 'image');
}

function fromKtpError(error: KtpError): ApiError {
  const { code, message } = error;
  switch (code) {
    case 'ocr_timeout':
      return new ApiError({ status: 504, code, message });
    case 'ocr_queue_full':
      return new ApiError({ status: 429, code, message, retryAfterSeconds: RETRY_SECONDS });
    case 'model_answer_invalid':
      return new ApiError({ status: 502, code, message });
    case 'ocr_failed':
    case 'image_refused':
      return new ApiError({ status: 500, code, message, cause: error });
    default:
      return code satisfies never;
  }
}
