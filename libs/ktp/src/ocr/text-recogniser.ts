import { Tensor, type InferenceSession } from 'onnxruntime-node';

import type { RgbImage } from '../imaging/rgb-image.js';
import { writePlanes, type Normalisation } from '../imaging/tensor-input.js';
import type { Alphabet } from './alphabet.js';
import type { Cancellation } from './cancellation.js';
import type { Posteriors } from './ctc.js';
import { InputBuffer } from './input-buffer.js';

/** Height of the recogniser's input in pixels. */
export const LINE_HEIGHT = 48;
/** Narrower lines are padded on the right: the network saw none narrower in training. */
const MIN_WIDTH = 96;
/** Blank on the right, as a share of the line: without any, single letters are lost more often. */
const PADDING = 0.12;
/** Widths are rounded up to a multiple of this, the network's stride. */
const WIDTH_STEP = 8;
const SYMMETRIC: Normalisation = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

/** Whatever reads lines. */
export interface LineRecogniser {
  /** Posteriors of each line, {@link LINE_HEIGHT} pixels high, in the order given. */
  recognise(lines: readonly RgbImage[], signal?: Cancellation): Promise<Posteriors[]>;
}

/** PP-OCRv4 text recognition: pictures of single lines to character probabilities. */
export class TextRecogniser implements LineRecogniser {
  readonly #session: InferenceSession;
  readonly #alphabet: Alphabet;
  readonly #input = new InputBuffer();

  /** @param session the network cut down to the alphabet's classes */
  constructor(session: InferenceSession, alphabet: Alphabet) {
    this.#session = session;
    this.#alphabet = alphabet;
  }

  /** One line at a time: on the CPU a batch costs as much as its lines, and their padding on top. */
  async recognise(lines: readonly RgbImage[], signal?: Cancellation): Promise<Posteriors[]> {
    const results: Posteriors[] = [];
    for (const line of lines) {
      signal?.throwIfAborted();
      results.push(await this.#recogniseLine(line));
    }
    return results;
  }

  async #recogniseLine(line: RgbImage): Promise<Posteriors> {
    const width = Math.max(MIN_WIDTH, Math.ceil((line.width * (1 + PADDING)) / WIDTH_STEP) * WIDTH_STEP);
    const input = this.#input.take(3 * LINE_HEIGHT * width);
    writePlanes(line, SYMMETRIC, input, 0, width, LINE_HEIGHT);
    const tensor = new Tensor('float32', input, [1, 3, LINE_HEIGHT, width]);
    const outputs = await this.#session.run({ [this.#session.inputNames[0] ?? 'x']: tensor });
    const output = outputs[this.#session.outputNames[0] ?? ''];
    if (!(output?.data instanceof Float32Array)) {
      throw new TypeError('the recognition model gave no float posteriors');
    }
    const [, steps = 0, classes = 0] = output.dims;
    const used = Math.min(steps, Math.ceil((line.width / width) * steps));
    return this.#gather(output.data, used, classes);
  }

  /** Adds up the classes of each character: `[steps, classes]` -> `[steps, characters + 1]`. */
  #gather(data: Float32Array, steps: number, classes: number): Posteriors {
    const { characters, columns } = this.#alphabet;
    const width = characters.length + 1;
    const values = new Float32Array(steps * width);
    for (const [cls, column] of columns.entries()) {
      for (let step = 0; step < steps; step++) {
        const at = step * width + column;
        values[at] = (values[at] ?? 0) + (data[step * classes + cls] ?? 0);
      }
    }
    return { steps, characters, values };
  }
}
