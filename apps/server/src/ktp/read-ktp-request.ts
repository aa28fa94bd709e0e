import type { MediaSource } from '@qwenvl/media';
import { ApiError, invalidRequest } from '@qwenvl/openai';
import type { Context } from 'hono';
import { z } from 'zod';
import type { AppEnv } from '../http/app-env.js';
import { readJson } from '../http/read-json.js';
import { readMultipartImage } from './multipart-image.js';

/** Who reads the card: `auto` asks the model where the offline reading is doubtful. */
export const READER_NAMES = ['auto', 'ocr', 'vlm'] as const;
export type ReaderName = (typeof READER_NAMES)[number];

/** A request, understood but not decoded. */
export interface KtpRequest {
  readonly image: MediaSource | string;
  /** Absent: the server's default. */
  readonly reader: ReaderName | undefined;
}

const reader = z.enum(READER_NAMES).optional();
const jsonBody = z.strictObject({
  image: z.union([z.string().min(1), z.strictObject({ url: z.string().min(1) })]),
  reader,
});

/**
 * Reads the body of `POST /ktp-ocr`: a form with a file `image` (and a field `reader`), or JSON with the same names.
 *
 * @throws ApiError 400, 413 or 415 for what the client must change.
 */
export async function readKtpRequest(context: Context<AppEnv>, maxImageBytes: number): Promise<KtpRequest> {
  const type = context.req.header('content-type') ?? '';
  if (/^multipart\/form-data\s*;/i.test(type)) {
    const form = await readMultipartImage(context.req.raw, maxImageBytes);
    return { image: { type: 'bytes', bytes: form.image }, reader: parseReader(form.reader) };
  }
  if (!/json/i.test(type)) {
    const message = 'Send the picture as the file "image" of multipart/form-data, or as JSON {"image": …}.';
    throw new ApiError({ status: 415, code: 'unsupported_content_type', message });
  }
  const parsed = jsonBody.safeParse(await readJson(context));
  if (!parsed.success) {
    const message =
      'The body must be {"image": a URL, data: URL or base64 text, "reader": auto, ocr or vlm}.';
    throw invalidRequest(message, String(parsed.error.issues[0]?.path[0] ?? 'image'));
  }
  const { image } = parsed.data;
  return { image: typeof image === 'string' ? image : image.url, reader: parsed.data.reader };
}

function parseReader(value: string | undefined): ReaderName | undefined {
  const parsed = reader.safeParse(value);
  if (!parsed.success) throw invalidRequest('The reader is auto, ocr or vlm.', 'reader');
  return parsed.data;
}
