import type { RgbImage } from '../imaging/rgb-image.js';
import type { OcrOutcome } from './ocr-job.js';

/** A picture to read. `cancelled[0]` turns 1 when the answer is no longer wanted. */
export interface OcrRequest {
  readonly id: number;
  readonly image: RgbImage;
  readonly cancelled: Int32Array;
}

/** The answer. Errors carry the name of their class alone: a message could quote what was read. */
export type OcrResponse =
  { readonly id: number; readonly outcome: OcrOutcome } | { readonly id: number; readonly failure: string };

/** What the worker is started with. */
export interface OcrWorkerData {
  readonly threads: number;
}
