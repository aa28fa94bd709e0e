/**
 * A time in seconds with one decimal, as Python's `f"{seconds:.1f}"`: exact halves go to the even digit (0.25 gives
 * `0.2`), where `toFixed` would round them up. Halves of a tenth that binary numbers can hold are quarters of a second, and at
 * two frames a second nearly every timestamp is one.
 */
export function formatSeconds(seconds: number): string {
  const tenths = Math.floor(seconds * 10);
  const isHalf = Number.isInteger(seconds * 4) && !Number.isInteger(seconds * 2);
  return isHalf && tenths % 2 === 0 ? (tenths / 10).toFixed(1) : seconds.toFixed(1);
}

/**
 * What a video's prompt says before each temporal patch: the mean time of the patch's first and last frame.
 * Equals `_calculate_timestamps` of `Qwen3VLProcessor`.
 *
 * @param frameIndices index of each frame in the source; the last stands in where a patch is not full
 * @param fps frames a second of the source
 * @param framesPerPatch 2 for the official checkpoints
 */
export function videoTimestamps(
  frameIndices: readonly number[],
  fps: number,
  framesPerPatch: number,
): string[] {
  const time = (frame: number): number => (frameIndices[Math.min(frame, frameIndices.length - 1)] ?? 0) / fps;
  return Array.from({ length: Math.ceil(frameIndices.length / framesPerPatch) }, (_, patch) => {
    const first = patch * framesPerPatch;
    return formatSeconds((time(first) + time(first + framesPerPatch - 1)) / 2);
  });
}
