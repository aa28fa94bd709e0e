/** An image as packed 8-bit RGB, row by row: `data.length === width * height * 3`, shape `[height, width, 3]`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Sampled video frames, all of one size, with both of their clocks. */
export interface SampledVideo {
  readonly frames: readonly RgbImage[];
  /** Index of each frame among the source's frames, in the order of presentation. */
  readonly frameIndices: readonly number[];
  /** Average frame rate of the source in frames a second. The reference's clock is `index / fps`. */
  readonly fps: number;
  /** When each frame is really shown, in seconds after the source's first frame. */
  readonly timestamps: readonly number[];
  /** Frames of the whole source. */
  readonly totalFrames: number;
  /** Length of the whole source in seconds. */
  readonly durationSeconds: number;
  /** True where frames were scaled down to stay within `maxVideoPixels`. */
  readonly scaledDown: boolean;
  /** What decoded it; `frames` where the caller brought the frames. */
  readonly decodedBy: 'native' | 'wasm' | 'frames';
}
