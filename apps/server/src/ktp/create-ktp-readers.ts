import { AutoReader, type KtpReader, ModelReader, OcrReader } from '@qwenvl/ktp';
import type { ModelHost } from '../model/model-host.js';
import { engineVisionModel } from './engine-vision-model.js';
import type { ReaderName } from './read-ktp-request.js';

/**
 * Tokens in which the embedded model may copy a card before it fills the JSON in: it has learned to read so. A full
 * model reads without, and would not end within `OCR_TIMEOUT_SECONDS` on two cores.
 */
const EMBEDDED_THINKING_BUDGET = 512;

/** The card readers of a server. */
export interface KtpReaders {
  readonly readers: { readonly ocr: KtpReader } & Partial<Record<ReaderName, KtpReader>>;
  /** Frees what the offline reader holds. */
  close(): Promise<void>;
}

/**
 * The offline reader, and with it those that ask the loaded model.
 *
 * @param timeoutSeconds `OCR_TIMEOUT_SECONDS`: the offline reader gives a picture up after it as well
 * @param embedded whether the model is the one that comes with the server
 */
export function createKtpReaders(host: ModelHost, timeoutSeconds: number, embedded: boolean): KtpReaders {
  const ocr = new OcrReader({ timeoutMs: timeoutSeconds * 1000 });
  const vlm = new ModelReader(
    engineVisionModel((signal) => host.ready(signal), embedded ? EMBEDDED_THINKING_BUDGET : 0),
  );
  return {
    readers: { ocr, vlm, auto: new AutoReader(ocr, vlm) },
    close: () => ocr.close(),
  };
}
