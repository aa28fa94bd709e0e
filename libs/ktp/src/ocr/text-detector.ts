import { Tensor, type InferenceSession } from 'onnxruntime-node';

import { resize } from '../imaging/resize.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import { writePlanes, type Normalisation } from '../imaging/tensor-input.js';
import { InputBuffer } from './input-buffer.js';
import type { OrientedBox } from './oriented-box.js';
import { findTextRegions } from './text-regions.js';

/** The ImageNet statistics that the detector was trained with. */
const IMAGENET: Normalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
/** Both sides of the network's input must be multiples of its stride. */
const STRIDE = 32;

/** Small pictures gain nothing from more. */
const MAX_ENLARGEMENT = 2;

/** PP-OCRv4 text detection (a differentiable-binarisation network). */
export class TextDetector {
  readonly #session: InferenceSession;
  readonly #input = new InputBuffer();

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  /**
   * Boxes of text lines in pixels of the image.
   *
   * @param longSide the image is resized to this many pixels on its longer side, small ones to twice their size at most
   */
  async detect(image: RgbImage, longSide: number): Promise<OrientedBox[]> {
    const scale = Math.min(MAX_ENLARGEMENT, longSide / Math.max(image.width, image.height));
    const width = roundToStride(image.width * scale);
    const height = roundToStride(image.height * scale);
    const input = this.#input.take(3 * width * height);
    writePlanes(resize(image, width, height), IMAGENET, input, 0, width, height);
    const tensor = new Tensor('float32', input, [1, 3, height, width]);
    const name = this.#session.inputNames[0] ?? 'x';
    const outputs = await this.#session.run({ [name]: tensor });
    const output = outputs[this.#session.outputNames[0] ?? ''];
    if (!(output?.data instanceof Float32Array)) throw new TypeError('the detection model gave no float map');
    const scaleX = image.width / width;
    const scaleY = image.height / height;
    return findTextRegions({ width, height, values: output.data }).map(({ box }) => ({
      centre: { x: box.centre.x * scaleX, y: box.centre.y * scaleY },
      width: (box.width * (scaleX + scaleY)) / 2,
      height: (box.height * (scaleX + scaleY)) / 2,
      angle: box.angle,
    }));
  }
}

function roundToStride(length: number): number {
  return Math.max(STRIDE, Math.round(length / STRIDE) * STRIDE);
}
