/** How many frames to take of a video. */
export interface FrameSampling {
  /** Frames a second of the video's own time. Default 2, as the checkpoint's processor. */
  readonly fps?: number | undefined;
  /** This many frames, evenly spread, whatever the video's length; `fps` is ignored then. */
  readonly numFrames?: number | undefined;
  /** At most so many frames. Default and upper bound: the policy's `maxFrames`. */
  readonly maxFrames?: number | undefined;
}

const DEFAULT_FPS = 2;
/** The reference never takes fewer, as long as the video has them. */
const MIN_FRAMES = 4;

/**
 * Chooses frames as `Qwen3VLVideoProcessor.sample_frames` does: `int(total / sourceFps * fps)` of them, between 4 and
 * `maxFrames` and no more than there are, spread evenly from the first to the last with NumPy's rounding
 * (half to even).
 *
 * @returns indices in ascending order, `[frames]`; empty for an empty video.
 */
export function sampleFrameIndices(
  totalFrames: number,
  sourceFps: number,
  sampling: FrameSampling & { readonly maxFrames: number },
): number[] {
  const wanted =
    sampling.numFrames ??
    Math.max(Math.trunc((totalFrames / sourceFps) * (sampling.fps ?? DEFAULT_FPS)), MIN_FRAMES);
  const count = Math.min(wanted, sampling.maxFrames, totalFrames);
  const last = totalFrames - 1;
  const step = count > 1 ? last / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) =>
    i > 0 && i === count - 1 ? last : roundHalfToEven(i * step),
  );
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
