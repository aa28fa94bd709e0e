import type { Attempt } from './cell.js';
import type { ReferenceCase } from './reference.js';

/** What a library makes of one input, each part on its own, so that one failure does not hide the rest. */
export interface LibraryResult {
  /** Grids of all images, then all videos. */
  readonly grids: Attempt<number[][]>;
  /** Normalised patch rows of each image, then each video. */
  readonly pixels: Attempt<Float32Array[]>;
  /** The whole prompt, media expanded. */
  readonly ids: Attempt<number[]>;
  /** mRoPE positions `[3, tokens]` of the reference's own prompt, where there is one. */
  readonly positions: Attempt<{ readonly positions: number[]; readonly ropeDelta: number }> | undefined;
}

/** One of the libraries compared. */
export interface Library {
  readonly name: string;
  run(input: ReferenceCase): Promise<LibraryResult>;
}
