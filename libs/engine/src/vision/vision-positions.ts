import { mergeBlockOrder } from './patch-rows.js';

/** What the vision graph takes about positions; a function of the grid alone, the same for every frame. */
export interface VisionPositions {
  /** Rows of the learned position table at the four corners around each patch, `[4, patches]`. */
  readonly positionIndex: BigInt64Array;
  /** Bilinear weights of the corners, `[4, patches]`. */
  readonly positionWeight: Float32Array;
  /** 2-D rotary angles: row frequencies, then column frequencies, `[patches, headDim / 2]`. */
  readonly rotaryCos: Float32Array;
  readonly rotarySin: Float32Array;
}

/** The part of the vision configuration that positions depend on. */
export interface VisionPositionConfig {
  /** Side of the square table of learned positions. */
  readonly positionGrid: number;
  readonly mergeSize: number;
  readonly headDim: number;
}

const rotaryTheta = 10_000;

/**
 * Positions of a grid of `height` x `width` patches, in merge-block order. Equals `fast_pos_embed_interpolate`
 * (bilinear, corners aligned) and `rot_pos_emb` of `Qwen3VLVisionModel`.
 */
export function visionPositions(
  grid: { readonly h: number; readonly w: number },
  { positionGrid, mergeSize, headDim }: VisionPositionConfig,
): VisionPositions {
  const patches = grid.h * grid.w;
  const quarter = headDim / 4;
  const positionIndex = new BigInt64Array(4 * patches);
  const positionWeight = new Float32Array(4 * patches);
  const rotaryCos = new Float32Array(patches * 2 * quarter);
  const rotarySin = new Float32Array(patches * 2 * quarter);
  const rows = tableSteps(grid.h, positionGrid);
  const columns = tableSteps(grid.w, positionGrid);
  const frequencies = Array.from({ length: quarter }, (_, i) => rotaryTheta ** ((-2 * i) / (headDim / 2)));
  let patch = 0;
  for (const { row, column } of mergeBlockOrder(grid.h, grid.w, mergeSize)) {
    const vertical = rows[row];
    const horizontal = columns[column];
    if (!vertical || !horizontal) throw new RangeError('merge-block order left the grid');
    let corner = patch;
    for (const [y, down] of vertical) {
      for (const [x, right] of horizontal) {
        positionIndex[corner] = BigInt(y * positionGrid + x);
        positionWeight[corner] = down * right;
        corner += patches;
      }
    }
    let to = patch * 2 * quarter;
    for (const coordinate of [row, column]) {
      for (const frequency of frequencies) {
        rotaryCos[to] = Math.cos(coordinate * frequency);
        rotarySin[to++] = Math.sin(coordinate * frequency);
      }
    }
    patch += 1;
  }
  return { positionIndex, positionWeight, rotaryCos, rotarySin };
}

type Step = readonly (readonly [index: number, weight: number])[];

/** For each of `count` evenly spread places on a table side, its two neighbours and their weights. */
function tableSteps(count: number, side: number): Step[] {
  return Array.from({ length: count }, (_, i) => {
    const place = count === 1 ? 0 : (i * (side - 1)) / (count - 1);
    const low = Math.floor(place);
    return [
      [low, 1 - (place - low)],
      [Math.min(low + 1, side - 1), place - low],
    ];
  });
}
