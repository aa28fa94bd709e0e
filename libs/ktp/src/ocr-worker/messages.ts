import type { RgbImage } from '../imaging/rgb-image.js';
import type { Posteriors } from '../ocr/ctc.js';
import type { RecogniserNetwork } from '../ocr/networks.js';
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

/** What a thread that does nothing but recognise is sent: its network first, then lines. */
export type RecogniserMessage = { readonly network: RecogniserNetwork } | LinesRequest;

/** Lines to recognise. Answered in the order asked. */
export interface LinesRequest {
  readonly lines: readonly RgbImage[];
}

/** Posteriors of the lines, or the name of the error's class. */
export type LinesResponse = { readonly posteriors: readonly Posteriors[] } | { readonly failure: string };
