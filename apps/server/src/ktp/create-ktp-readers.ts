import { AutoReader, type KtpReader, ModelReader, OcrReader } from '@qwenvl/ktp';
import type { ModelHost } from '../model/model-host.js';
import { engineVisionModel } from './engine-vision-model.js';
import type { ReaderName } from './read-ktp-request.js';

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
 */
export function createKtpReaders(host: ModelHost, timeoutSeconds: number): KtpReaders {
  const ocr = new OcrReader({ timeoutMs: timeoutSeconds * 1000 });
  const vlm = new ModelReader(engineVisionModel((signal) => host.ready(signal)));
  return {
    readers: { ocr, vlm, auto: new AutoReader(ocr, vlm) },
    close: () => ocr.close(),
  };
}
