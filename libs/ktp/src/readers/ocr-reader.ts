import { loadAreaTable, type AreaTable } from '../areas/area-table.js';
import { ImageRefusedError } from '../errors.js';
import { interpret } from '../fields/interpret.js';
import type { KtpResult } from '../fields/ktp-result.js';
import type { RawFields } from '../fields/raw-field.js';
import type { KtpWarning } from '../fields/warning.js';
import type { Homography } from '../geometry/homography.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import { OcrClient, type OcrOptions } from '../ocr-worker/ocr-client.js';
import { pictureWarnings, refusal } from '../quality/judge.js';
import type { KtpReader, ReadOptions } from './ktp-reader.js';
import { today } from './today.js';

/** Reads cards offline with PP-OCRv4, on the CPU, in a thread of its own. */
export class OcrReader implements KtpReader {
  readonly #client: OcrClient;
  #areas: Promise<AreaTable> | undefined;

  constructor(options: OcrOptions = {}) {
    this.#client = new OcrClient(options);
  }

  async read(image: RgbImage, options: ReadOptions = {}): Promise<KtpResult> {
    const { fields, warnings } = await this.readRaw(image, options);
    const result = interpret(fields, await this.areas(), today());
    return { ...result, warnings: [...warnings, ...result.warnings] };
  }

  /** Fields as they stand on the card, with the remarks on the picture and the card's place; for comparing readers. */
  async readRaw(
    image: RgbImage,
    { signal }: ReadOptions = {},
  ): Promise<{ fields: RawFields; warnings: KtpWarning[]; toPicture: Homography | undefined }> {
    const { fields, picture, reading, toPicture } = await this.#client.read(image, signal);
    const reason = refusal(picture, reading);
    if (reason) throw new ImageRefusedError(reason);
    return { fields, warnings: pictureWarnings(picture), toPicture };
  }

  /** The area table, loaded once. */
  areas(): Promise<AreaTable> {
    return (this.#areas ??= loadAreaTable());
  }

  /** Ends the thread with the networks. */
  async close(): Promise<void> {
    await this.#client.close();
  }
}
