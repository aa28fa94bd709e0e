import { parentPort } from 'node:worker_threads';
import { MediaError, type MediaErrorCode } from '../media-error.js';
import type { RgbImage } from '../pixels.js';
import type { ImageFormat } from '../source/sniff.js';
import { decodeImage } from './decode-image.js';
import { checkImageHeader } from './image-header.js';

/** One image to decode. */
export interface ImageJob {
  readonly bytes: Uint8Array;
  readonly format: ImageFormat;
  readonly maxPixels: number;
}

/** What came of it. `pixels` is what its header claims, 0 where it has none. */
export type ImageReply = { readonly pixels: number } & (
  | { readonly image: RgbImage }
  | { readonly error: { readonly code: MediaErrorCode; readonly message: string } }
);

parentPort?.on('message', (job: ImageJob) => {
  void decode(job);
});

async function decode({ bytes, format, maxPixels }: ImageJob): Promise<void> {
  let pixels = 0;
  try {
    const { width, height } = checkImageHeader(bytes, format, maxPixels);
    pixels = width * height;
    const image = await decodeImage(bytes, format, maxPixels);
    reply({ pixels, image }, [image.data.buffer]);
  } catch (error) {
    const { code, message } = MediaError.isInstance(error)
      ? error
      : new MediaError('corrupt', 'The image could not be decoded.');
    reply({ pixels, error: { code, message } }, []);
  }
}

function reply(message: ImageReply, transfer: ArrayBufferLike[]): void {
  parentPort?.postMessage(message, transfer as ArrayBuffer[]);
}
