import { open } from 'node:fs/promises';

import type { RgbImage } from '@qwenvl/ktp';

import type { ReaderRequest } from './reader-client.js';

let memory = new Uint8Array(0);

/** The pixels of a request, in memory that the next call uses again. */
export async function readPixels({ pixels, width, height }: ReaderRequest): Promise<RgbImage> {
  const length = width * height * 3;
  if (memory.length < length) memory = new Uint8Array(length);
  const file = await open(pixels);
  try {
    const { bytesRead } = await file.read(memory, 0, length, 0);
    if (bytesRead !== length) throw new Error('the picture is not complete');
  } finally {
    await file.close();
  }
  return { width, height, data: memory.subarray(0, length) };
}
