import { straighten } from '../card/straighten.js';
import { interpret } from '../fields/interpret.js';
import type { KtpResult } from '../fields/ktp-result.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import { fillGaps, markAgreement } from './compare-readers.js';
import type { KtpReader, ReadOptions } from './ktp-reader.js';
import type { ModelReader } from './model-reader.js';
import type { OcrReader } from './ocr-reader.js';
import { today } from './today.js';

/**
 * Reads offline first; where a field is missing or doubtful, shows the model the card, cut out and straightened, and
 * compares.
 */
export class AutoReader implements KtpReader {
  readonly #ocr: OcrReader;
  readonly #model: ModelReader;

  constructor(ocr: OcrReader, model: ModelReader) {
    this.#ocr = ocr;
    this.#model = model;
  }

  async read(image: RgbImage, options: ReadOptions = {}): Promise<KtpResult> {
    const { fields, warnings, toPicture } = await this.#ocr.readRaw(image, options);
    const areas = await this.#ocr.areas();
    const offline = interpret(fields, areas, today());
    if (!offline.warnings.some(({ severity }) => severity !== 'information')) {
      return { ...offline, warnings: [...warnings, ...offline.warnings] };
    }
    const card = toPicture ? await straighten(image, toPicture, options.signal) : image;
    const model = await this.#model.readRaw(card, options, fields);
    const merged = markAgreement(interpret(fillGaps(fields, model), areas, today()), fields, model);
    return { ...merged, warnings: [...warnings, ...merged.warnings] };
  }
}
