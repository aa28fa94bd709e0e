import { parentPort } from 'node:worker_threads';
import { MediaError, type MediaErrorCode } from '../media-error.js';
import type { RgbImage } from '../pixels.js';
import type { ImageFormat } from '../source/sniff.js';
import { decodeImage } from './decode-image.js';

/** One image to decode. */
export interface ImageJob {
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
  readonly maxPixels: number;
}

/** What came of it. */
export type ImageReply =
  | { readonly image: RgbImage }
  | { readonly error: { readonly code: MediaErrorCode; readonly message: string } };

parentPort?.on('message', (job: ImageJob) => {
  void decode(job);
});

async function decode({ bytes, format, maxPixels }: ImageJob): Promise<void> {
  try {
    const image = await decodeImage(bytes, format, maxPixels);
    reply({ image }, [image.data.buffer]);
  } catch (error) {
    const { code, message } = MediaError.isInstance(error)
      ? error
      : new MediaError('corrupt', 'The image could not be decoded.');
    reply({ error: { code, message } }, []);
  }
}

function reply(message: ImageReply, transfer: ArrayBufferLike[]): void {
  parentPort?.postMessage(message, transfer as ArrayBuffer[]);
}
