import { AutoReader, type KtpReader, ModelReader, OcrReader } from '@qwenvl/ktp';
import type { Config } from '../config/config-schema.js';
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
  /** Who reads when a request does not say. */
  readonly defaultReader: ReaderName;
  /** Frees what the offline reader holds. */
  close(): Promise<void>;
}

/** The settings that card readers follow. */
export type KtpConfig = Pick<Config, 'ENGINE' | 'MODEL_REPO_ID' | 'DETERMINISTIC' | 'OCR_TIMEOUT_SECONDS'>;

/** The offline reader, and with it those that ask the loaded model. */
export function createKtpReaders(host: ModelHost, config: KtpConfig): KtpReaders {
  const isUpstream = config.ENGINE === 'openai';
  const isEmbedded = !isUpstream && config.MODEL_REPO_ID === undefined;
  // The offline reader gives a picture up after that time as well.
  const ocr = new OcrReader({ timeoutMs: config.OCR_TIMEOUT_SECONDS * 1000 });
  const model = engineVisionModel((signal) => host.ready(signal), isEmbedded ? EMBEDDED_THINKING_BUDGET : 0);
  // The embedded model is done before a prediction is there; another server and a deterministic engine use none.
  const usesPrediction = !isEmbedded && !isUpstream && !config.DETERMINISTIC;
  const vlm = new ModelReader(model, { predictor: usesPrediction ? ocr : undefined });
  return {
    readers: { ocr, vlm, auto: new AutoReader(ocr, vlm) },
    // The embedded checkpoint is too small to be asked about every card.
    defaultReader: isEmbedded ? 'ocr' : 'auto',
    close: () => ocr.close(),
  };
}
