import { loadAreaTable, type AreaTable } from '../areas/area-table.js';
import { KtpError } from '../errors.js';
import { interpret } from '../fields/interpret.js';
import type { KtpResult } from '../fields/ktp-result.js';
import type { RawFields } from '../fields/raw-field.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import type { KtpReader, ReadOptions } from './ktp-reader.js';
import { MODEL_ANSWER_SCHEMA, parseModelAnswer, writeModelAnswer } from './model-answer.js';
import { MODEL_PROMPT } from './model-prompt.js';
import type { OcrReader } from './ocr-reader.js';
import { today } from './today.js';

/** A vision-language model that answers one question about one picture. */
export interface VisionModel {
  /** @returns the answer's text, which satisfies `schema` when the model can be held to one */
  ask(request: {
    readonly image: RgbImage;
    readonly prompt: string;
    /** JSON schema of the answer. */
    readonly schema: Readonly<Record<string, unknown>>;
    /** What the answer is likely to have much of, written as the schema has it; a model may use it to be sooner. */
    readonly prediction?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<string>;
}

/** Options of `ModelReader`. */
export interface ModelReaderOptions {
  /**
   * Reads each picture first, so that its reading is the model's prediction. Worth its time where a model makes use of
   * one. What is answered is the model's alone: where this reader fails, there is no prediction. Default: none.
   */
  readonly predictor?: Pick<OcrReader, 'readRaw'> | undefined;
}

/** Reads cards with a vision-language model. States no confidence and no boxes, and judges no picture. */
export class ModelReader implements KtpReader {
  readonly #model: VisionModel;
  readonly #predictor: ModelReaderOptions['predictor'];
  #areas: Promise<AreaTable> | undefined;

  constructor(model: VisionModel, { predictor }: ModelReaderOptions = {}) {
    this.#model = model;
    this.#predictor = predictor;
  }

  async read(image: RgbImage, options: ReadOptions = {}): Promise<KtpResult> {
    const fields = await this.readRaw(image, options, await this.#predict(image, options));
    this.#areas ??= loadAreaTable();
    return interpret(fields, await this.#areas, today());
  }

  /**
   * Fields as the model copied them.
   *
   * @param expected what another reader has read; the model is not told of it
   * @throws {import('../errors.js').KtpError} `model_answer_invalid`
   */
  async readRaw(image: RgbImage, { signal }: ReadOptions = {}, expected?: RawFields): Promise<RawFields> {
    const text = await this.#model.ask({
      image,
      prompt: MODEL_PROMPT,
      schema: MODEL_ANSWER_SCHEMA,
      prediction: expected && writeModelAnswer(expected),
      signal,
    });
    return parseModelAnswer(text);
  }

  async #predict(image: RgbImage, options: ReadOptions): Promise<RawFields | undefined> {
    try {
      return (await this.#predictor?.readRaw(image, options))?.fields;
    } catch (error) {
      // A picture that is refused, a full queue: the model, which is slower without, reads all the same.
      if (KtpError.isInstance(error)) return undefined;
      throw error;
    }
  }
}
