import { Tensor, type InferenceSession } from 'onnxruntime-node';

import type { RgbImage } from '../imaging/rgb-image.js';
import { writePlanes, type Normalisation } from '../imaging/tensor-input.js';
import { LINE_HEIGHT } from './text-recogniser.js';

/** Width of the classifier's input; longer lines are judged by their beginning. */
const WIDTH = 192;
const SYMMETRIC: Normalisation = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

/** PP-OCR text direction: is a line upside down? */
export class DirectionClassifier {
  readonly #session: InferenceSession;

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Mean probability that the lines, {@link LINE_HEIGHT} high, are upside down; 0.5 for no lines. */
  async upsideDown(lines: readonly RgbImage[]): Promise<number> {
    if (lines.length === 0) return 0.5;
    const plane = 3 * LINE_HEIGHT * WIDTH;
    const input = new Float32Array(lines.length * plane);
    for (const [row, line] of lines.entries()) {
      writePlanes(cut(line), SYMMETRIC, input, row * plane, WIDTH, LINE_HEIGHT);
    }
    const tensor = new Tensor('float32', input, [lines.length, 3, LINE_HEIGHT, WIDTH]);
    const outputs = await this.#session.run({ [this.#session.inputNames[0] ?? 'x']: tensor });
    const output = outputs[this.#session.outputNames[0] ?? ''];
    if (!(output?.data instanceof Float32Array)) throw new TypeError('the direction model gave no floats');
    let sum = 0;
    for (let row = 0; row < lines.length; row++) sum += output.data[row * 2 + 1] ?? 0;
    return sum / lines.length;
  }
}

function cut(line: RgbImage): RgbImage {
  if (line.width <= WIDTH) return line;
  const data = new Uint8Array(WIDTH * line.height * 3);
  for (let y = 0; y < line.height; y++) {
    const from = y * line.width * 3;
    data.set(line.data.subarray(from, from + WIDTH * 3), y * WIDTH * 3);
  }
  return { width: WIDTH, height: line.height, data };
}
