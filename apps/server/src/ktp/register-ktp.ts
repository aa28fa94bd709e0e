import { type KtpReader } from '@qwenvl/ktp';
import type { MediaLoader } from '@qwenvl/media';
import { ApiError, invalidRequest } from '@qwenvl/openai';
import type { Context } from 'hono';
import type { Admission } from '../admission/admission.js';
import { startDeadline } from '../chat/deadline.js';
import type { AppEnv, RegisterRoutes } from '../http/app-env.js';
import { toKtpApiError } from './ktp-error.js';
import { readKtpRequest, type ReaderName } from './read-ktp-request.js';

/** What the card route is put together from. */
export interface KtpRoutesOptions {
  /** Fetches and decodes pictures; its limits hold for cards too. */
  readonly media: Pick<MediaLoader, 'loadImage' | 'policy'>;
  /** Readers that are there; `vlm` and `auto` only with a vision-language model. */
  readonly readers: { readonly ocr: KtpReader } & Partial<Record<ReaderName, KtpReader>>;
  /** Who reads when the request does not say. Default: `ocr`. */
  readonly defaultReader?: ReaderName | undefined;
  /** Places for cards: a full one answers 429 before anything is decoded. */
  readonly admission: Pick<Admission, 'enter'>;
  /** `OCR_TIMEOUT_SECONDS`: waiting, fetching, decoding and reading together; 0 is none. */
  readonly timeoutSeconds: number;
}

/** Adds `POST /ktp-ocr`, with and without a slash at the end. Nothing of a card is logged or kept. */
export function registerKtpRoutes(options: KtpRoutesOptions): RegisterRoutes {
  return (app) => {
    for (const path of ['/ktp-ocr', '/ktp-ocr/']) app.post(path, (context) => answer(context, options));
  };
}

async function answer(context: Context<AppEnv>, options: KtpRoutesOptions): Promise<Response> {
  const { media, readers, admission, timeoutSeconds } = options;
  const ticket = admission.enter(context.get('owner'));
  const deadline = startDeadline(timeoutSeconds);
  const signal = AbortSignal.any([context.req.raw.signal, deadline.signal]);
  try {
    const request = await readKtpRequest(context, media.policy.maxImageBytes);
    const name = request.reader ?? options.defaultReader ?? 'ocr';
    const reader = readers[name];
    if (!reader) {
      throw invalidRequest(`The reader ${name} needs a vision-language model; none is loaded.`, 'reader');
    }
    await ticket.start(signal);
    const image = await media.loadImage(request.image, { signal });
    return context.json(await reader.read(image, { signal }));
  } catch (error) {
    if (deadline.signal.aborted) {
      const message = `The card was not read within ${timeoutSeconds} s.`;
      throw new ApiError({ status: 504, code: 'ocr_timeout', message });
    }
    throw toKtpApiError(error);
  } finally {
    deadline.clear();
    ticket.release();
  }
}
