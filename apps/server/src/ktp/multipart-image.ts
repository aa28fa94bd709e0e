import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { Busboy } from '@fastify/busboy';
import { ApiError, invalidRequest } from '@qwenvl/openai';

/** What a form brought. */
export interface MultipartImage {
  readonly image: Uint8Array;
  readonly reader: string | undefined;
}

/** Most parts of a form; a card needs one file and at most one field. */
const MAX_PARTS = 8;
const MAX_FIELD_BYTES = 1024;

/**
 * Reads the file `image` of a form while it arrives; other files are passed over.
 *
 * @throws ApiError 400 without such a file or for a broken form, 413 for a larger file.
 */
export async function readMultipartImage(request: Request, maxBytes: number): Promise<MultipartImage> {
  const type = request.headers.get('content-type') ?? '';
  if (request.body === null) throw invalidRequest('The form is empty.', 'image');
  const chunks: Buffer[] = [];
  const seen: { image: boolean; tooLarge: boolean; reader: string | undefined } = {
    image: false,
    tooLarge: false,
    reader: undefined,
  };
  try {
    const form = new Busboy({
      headers: { 'content-type': type },
      limits: { fileSize: maxBytes, files: MAX_PARTS, parts: MAX_PARTS, fieldSize: MAX_FIELD_BYTES },
    });
    form.on('file', (name, file) => {
      if (name !== 'image' || seen.image) {
        file.resume();
        return;
      }
      seen.image = true;
      file.on('data', (chunk: Buffer) => void chunks.push(chunk));
      file.on('limit', () => {
        seen.tooLarge = true;
        chunks.length = 0;
      });
    });
    form.on('field', (name, value) => {
      if (name === 'reader') seen.reader = value;
    });
    await finished(Readable.fromWeb(request.body as ReadableStream<Uint8Array>).pipe(form));
  } catch (error) {
    if (ApiError.isInstance(error)) throw error;
    throw invalidRequest('The form is broken: it is not valid multipart/form-data.', 'image', 'invalid_form');
  }
  if (seen.tooLarge) {
    const message = `The picture is larger than ${maxBytes} bytes.`;
    throw new ApiError({ status: 413, code: 'image_too_large', message, param: 'image' });
  }
  if (!seen.image) throw invalidRequest('The form has no file named "image".', 'image', 'missing_image');
  return { image: Buffer.concat(chunks), reader: seen.reader };
}
