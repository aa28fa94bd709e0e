import { loadAreaTable, type AreaTable } from '../areas/area-table.js';
import { interpret } from '../fields/interpret.js';
import type { KtpResult } from '../fields/ktp-result.js';
import type { RawFields } from '../fields/raw-field.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import type { KtpReader, ReadOptions } from './ktp-reader.js';
import { MODEL_ANSWER_SCHEMA, parseModelAnswer, writeModelAnswer } from './model-answer.js';
import { MODEL_PROMPT } from './model-prompt.js';
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

/** Reads cards with a vision-language model. States no confidence and no boxes, and judges no picture. */
export class ModelReader implements KtpReader {
  readonly #model: VisionModel;
  #areas: Promise<AreaTable> | undefined;

  constructor(model: VisionModel) {
    this.#model = model;
  }

  async read(image: RgbImage, options: ReadOptions = {}): Promise<KtpResult> {
    const fields = await this.readRaw(image, options);
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
}
