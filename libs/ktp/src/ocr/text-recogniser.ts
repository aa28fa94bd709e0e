import { Tensor, type InferenceSession } from 'onnxruntime-node';

import type { RgbImage } from '../imaging/rgb-image.js';
import { writePlanes, type Normalisation } from '../imaging/tensor-input.js';
import type { Alphabet } from './alphabet.js';
import type { Cancellation } from './cancellation.js';
import type { Posteriors } from './ctc.js';

/** Height of the recogniser's input in pixels. */
export const LINE_HEIGHT = 48;
/** Narrower lines are padded on the right: the network saw none narrower in training. */
const MIN_WIDTH = 96;
/** Widths are rounded up, so that similar lines share a batch. */
const WIDTH_STEP = 32;
/** Pixels in one run, counted over all lines of a batch: bounds the memory of the activations. */
const MAX_BATCH_WIDTH = 1600;
const SYMMETRIC: Normalisation = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

/** PP-OCRv4 text recognition: pictures of single lines, {@link LINE_HEIGHT} high, to character probabilities. */
export class TextRecogniser {
  readonly #session: InferenceSession;
  readonly #alphabet: Alphabet;

  constructor(session: InferenceSession, alphabet: Alphabet) {
    this.#session = session;
    this.#alphabet = alphabet;
  }

  /** Posteriors of each line, in the order given; padding on the right is cut off. */
  async recognise(lines: readonly RgbImage[], signal?: Cancellation): Promise<Posteriors[]> {
    const results = new Array<Posteriors>(lines.length);
    for (const batch of planBatches(lines)) {
      signal?.throwIfAborted();
      const width = batch.width;
      const plane = 3 * LINE_HEIGHT * width;
      const input = new Float32Array(batch.indices.length * plane);
      for (const [row, index] of batch.indices.entries()) {
        const line = lines[index];
        if (line) writePlanes(line, SYMMETRIC, input, row * plane, width, LINE_HEIGHT);
      }
      const tensor = new Tensor('float32', input, [batch.indices.length, 3, LINE_HEIGHT, width]);
      const outputs = await this.#session.run({ [this.#session.inputNames[0] ?? 'x']: tensor });
      const output = outputs[this.#session.outputNames[0] ?? ''];
      if (!(output?.data instanceof Float32Array)) {
        throw new TypeError('the recognition model gave no float posteriors');
      }
      const [, steps = 0, classes = 0] = output.dims;
      for (const [row, index] of batch.indices.entries()) {
        const used = Math.min(steps, Math.ceil(((lines[index]?.width ?? 0) / width) * steps));
        const from = row * steps * classes;
        results[index] = this.#gather(output.data.subarray(from, from + used * classes), used, classes);
      }
    }
    return results;
  }

  /** Keeps the columns of the alphabet: `[steps, 6625]` -> `[steps, characters + 1]`. */
  #gather(data: Float32Array, steps: number, classes: number): Posteriors {
    const { characters, columnOfClass } = this.#alphabet;
    const width = characters.length + 1;
    const values = new Float32Array(steps * width);
    for (const [cls, column] of columnOfClass.entries()) {
      if (column < 0) continue;
      for (let step = 0; step < steps; step++) {
        const at = step * width + column;
        values[at] = (values[at] ?? 0) + (data[step * classes + cls] ?? 0);
      }
    }
    return { steps, characters, values };
  }
}

interface Batch {
  readonly width: number;
  readonly indices: number[];
}

/** Groups lines of like width, widest first, within the memory bound. */
function planBatches(lines: readonly RgbImage[]): Batch[] {
  const order = lines
    .map((line, index) => ({
      index,
      width: Math.max(MIN_WIDTH, Math.ceil(line.width / WIDTH_STEP) * WIDTH_STEP),
    }))
    .sort((a, b) => b.width - a.width);
  const batches: Batch[] = [];
  for (const { index, width } of order) {
    const last = batches.at(-1);
    const fits =
      last && last.width <= width * 1.3 && (last.indices.length + 1) * last.width <= MAX_BATCH_WIDTH;
    if (fits) last.indices.push(index);
    else batches.push({ width, indices: [index] });
  }
  return batches;
}
