import type { RgbImage } from '../types.js';

/** Sizes of patches, from the checkpoint's configuration. */
export interface PatchLayout {
  /** Side of a patch in pixels. */
  readonly patchSize: number;
  /** Frames in a patch. */
  readonly temporalPatchSize: number;
  /** Patches on a side of the block that becomes one token. */
  readonly mergeSize: number;
}

/** Length of one patch row: channels x frames x height x width, 1536 for the official checkpoints. */
export function patchLength({ patchSize, temporalPatchSize }: PatchLayout): number {
  return 3 * temporalPatchSize * patchSize ** 2;
}

/** For each channel, the f32 that each byte becomes: `(byte / 255 - mean) / std`, in one step as the reference. */
export function normalisationTables(mean: readonly number[], std: readonly number[]): Float32Array[] {
  return mean.map((center, channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte - center * 255) / ((std[channel] ?? 1) * 255)),
  );
}

/**
 * Writes the patch rows of one temporal patch into `out` `[gridHeight * gridWidth, patchLength]`. Rows come in
 * merge-block order (block rows, block columns, then rows and columns within the block), so that consecutive
 * `mergeSize ** 2` rows make one token; within a row: channel, frame, y, x.
 *
 * @param frames `temporalPatchSize` pictures of the same size, a multiple of `patchSize * mergeSize` on both sides
 * @param tables of {@link normalisationTables}
 */
export function writePatchRows(
  frames: readonly RgbImage[],
  layout: PatchLayout,
  tables: readonly Float32Array[],
  out: Float32Array,
): void {
  const { patchSize, mergeSize } = layout;
  const [first] = frames;
  if (!first) return;
  let to = 0;
  for (const { row, column } of mergeBlockOrder(
    first.height / patchSize,
    first.width / patchSize,
    mergeSize,
  )) {
    const corner = (row * patchSize * first.width + column * patchSize) * 3;
    for (const [channel, table] of tables.entries()) {
      for (const { data, width } of frames) {
        for (let y = 0; y < patchSize; y++) {
          let from = corner + y * width * 3 + channel;
          for (let x = 0; x < patchSize; x++, from += 3) out[to++] = table[data[from] ?? 0] ?? 0;
        }
      }
    }
  }
}

/** Patch coordinates of a grid in merge-block order. */
export function* mergeBlockOrder(
  height: number,
  width: number,
  mergeSize: number,
): Generator<{ readonly row: number; readonly column: number }> {
  for (let blockRow = 0; blockRow < height; blockRow += mergeSize)
    for (let blockColumn = 0; blockColumn < width; blockColumn += mergeSize)
      for (let row = blockRow; row < blockRow + mergeSize; row++)
        for (let column = blockColumn; column < blockColumn + mergeSize; column++) yield { row, column };
}
