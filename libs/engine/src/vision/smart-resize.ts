import { EngineError } from '../errors.js';
import { roundHalfEven } from './round-half-even.js';

/** Height and width in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** What a resized size must satisfy. */
export interface ResizeBounds {
  /** Both sides become multiples of it: patch size times merge size, 32 for the official checkpoints. */
  readonly factor: number;
  /** Least and most pixels; of the whole clip for a video. */
  readonly minPixels: number;
  readonly maxPixels: number;
}

/** Longer side over shorter side; the reference refuses images beyond it. */
export const maxAspectRatio = 200;

/**
 * The size an image is resized to: multiples of the factor, near the original aspect ratio, within the pixel bounds.
 * Equals `smart_resize` of `Qwen2VLImageProcessor`.
 *
 * @throws {EngineError} `invalid-image`: empty, or longer than 200 times its shorter side
 */
export function smartResizeImage(size: Size, bounds: ResizeBounds): Size {
  checkShape(size, 'invalid-image');
  return fit(size, 1, 1, bounds);
}

/**
 * The size that all frames of a video are resized to; the bounds count height x width x frames. Equals `smart_resize`
 * of `Qwen3VLVideoProcessor`, except that sides below the factor are enlarged, not refused.
 *
 * @param frames at least `temporalFactor`
 * @param temporalFactor frames in a temporal patch
 * @throws {EngineError} `invalid-video`: empty, or longer than 200 times its shorter side
 */
export function smartResizeVideo(
  frames: number,
  size: Size,
  temporalFactor: number,
  bounds: ResizeBounds,
): Size {
  checkShape(size, 'invalid-video');
  return fit(size, frames, roundHalfEven(frames / temporalFactor) * temporalFactor, bounds);
}

function checkShape({ height, width }: Size, code: 'invalid-image' | 'invalid-video'): void {
  const short = Math.min(height, width);
  if (!(short > 0)) throw new EngineError(code, `A picture of ${width} x ${height} pixels is empty.`);
  if (Math.max(height, width) / short > maxAspectRatio)
    throw new EngineError(
      code,
      `A picture of ${width} x ${height} pixels is too long: at most ${maxAspectRatio} times its shorter side.`,
    );
}

function fit({ height, width }: Size, frames: number, roundedFrames: number, bounds: ResizeBounds): Size {
  const { factor, minPixels, maxPixels } = bounds;
  const rounded = {
    height: roundHalfEven(height / factor) * factor,
    width: roundHalfEven(width / factor) * factor,
  };
  const pixels = roundedFrames * rounded.height * rounded.width;
  if (pixels > maxPixels) {
    const shrink = Math.sqrt((frames * height * width) / maxPixels);
    const side = (length: number): number => Math.max(factor, Math.floor(length / shrink / factor) * factor);
    return { height: side(height), width: side(width) };
  }
  if (pixels < minPixels) {
    const enlarge = Math.sqrt(minPixels / (frames * height * width));
    const side = (length: number): number => Math.ceil((length * enlarge) / factor) * factor;
    return { height: side(height), width: side(width) };
  }
  return rounded;
}
