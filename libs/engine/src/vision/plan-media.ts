import type { ProcessorConfig } from '../checkpoint/processor-config.js';
import { EngineError, type EngineErrorCode } from '../errors.js';
import type { Grid } from '../prompt/prepared-prompt.js';
import type { ImagePart, PixelBounds, RgbImage, VideoPart } from '../types.js';
import { digestPixels } from './digest.js';
import { normalisationTables, patchLength, writePatchRows, type PatchLayout } from './patch-rows.js';
import { resizeBicubic } from './resize-bicubic.js';
import { smartResizeImage, smartResizeVideo, type ResizeBounds, type Size } from './smart-resize.js';

/** An image or video with its size settled and its pixels still as they came. */
export interface PlannedMedia {
  readonly grid: Grid;
  /** Patch rows of temporal patches `[from, to)`, f32 `[to - from, grid.h * grid.w, patchLength]`. */
  patches(from: number, to: number): Float32Array;
  /** Names pixels and grid: equal digests mean equal patches from one processor. */
  digest(): string;
}

/** @throws {EngineError} `invalid-image` or, for contradicting pixel bounds, `invalid-request` */
export function planImage(part: ImagePart, processor: ProcessorConfig, layout: PatchLayout): PlannedMedia {
  checkPixels(part.image, 'invalid-image');
  const size = smartResizeImage(part.image, resizeBounds(part, processor, layout));
  return plan([part.image], 1, size, processor, layout);
}

/**
 * A video that does not fill its last temporal patch repeats its last frame; so does a video of one frame.
 * @throws {EngineError} `invalid-video` or, for contradicting pixel bounds, `invalid-request`
 */
export function planVideo(part: VideoPart, processor: ProcessorConfig, layout: PatchLayout): PlannedMedia {
  const { frames, frameIndices, fps } = part.video;
  const [first] = frames;
  if (!first) throw new EngineError('invalid-video', 'A video needs at least one frame.');
  if (frameIndices.length !== frames.length)
    throw new EngineError('invalid-video', 'A video needs one frame index for each frame.');
  if (!frameIndices.every((index) => index >= 0 && Number.isFinite(index)) || !(fps > 0 && fps < Infinity))
    throw new EngineError('invalid-video', 'Frame indices must not be negative and fps must be positive.');
  for (const frame of frames) {
    checkPixels(frame, 'invalid-video');
    if (frame.width !== first.width || frame.height !== first.height)
      throw new EngineError('invalid-video', 'All frames of a video must have the same size.');
  }
  const { temporalPatchSize } = layout;
  const counted = Math.max(frames.length, temporalPatchSize);
  const bounds = resizeBounds(part, processor, layout);
  const size = smartResizeVideo(counted, first, temporalPatchSize, bounds);
  return plan(frames, Math.ceil(frames.length / temporalPatchSize), size, processor, layout);
}

function plan(
  pictures: readonly RgbImage[],
  temporalPatches: number,
  size: Size,
  { mean, std }: ProcessorConfig,
  layout: PatchLayout,
): PlannedMedia {
  const { patchSize, temporalPatchSize } = layout;
  const grid = { t: temporalPatches, h: size.height / patchSize, w: size.width / patchSize };
  const length = grid.h * grid.w * patchLength(layout);
  let digest: string | undefined;
  return {
    grid,
    digest: () => (digest ??= digestPixels(pictures, grid)),
    patches(from, to) {
      if (!(from >= 0 && from <= to && to <= grid.t))
        throw new RangeError(`temporal patches ${from} to ${to} are not within ${grid.t}`);
      const tables = normalisationTables(mean, std);
      const rows = new Float32Array((to - from) * length);
      for (let patch = from; patch < to; patch++) {
        const start = patch * temporalPatchSize;
        const resized = pictures
          .slice(start, start + temporalPatchSize)
          .map((picture) => resizeBicubic(picture, size));
        const last = resized.at(-1);
        while (last && resized.length < temporalPatchSize) resized.push(last);
        writePatchRows(resized, layout, tables, rows.subarray((patch - from) * length));
      }
      return rows;
    },
  };
}

function checkPixels({ width, height, data }: RgbImage, code: EngineErrorCode): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
    throw new EngineError(code, 'Width and height must be positive whole numbers of pixels.');
  if (!(data instanceof Uint8Array) || data.length !== width * height * 3)
    throw new EngineError(code, 'Pixels must be packed 8-bit RGB: three bytes for each of width x height.');
}

/** Bounds given with a part win over the checkpoint's, which then give way. */
function resizeBounds(part: PixelBounds, processor: ProcessorConfig, layout: PatchLayout): ResizeBounds {
  const minPixels = part.minPixels ?? Math.min(processor.minPixels, part.maxPixels ?? Infinity);
  const maxPixels = part.maxPixels ?? Math.max(processor.maxPixels, minPixels);
  if (minPixels > maxPixels)
    throw new EngineError('invalid-request', `minPixels ${minPixels} exceeds maxPixels ${maxPixels}.`);
  return { factor: layout.patchSize * layout.mergeSize, minPixels, maxPixels };
}
