/** One colour channel of a JPEG frame. */
export interface Component {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly h: number;
  readonly v: number;
  readonly quantisation: number;
  /** Size in samples. */
  readonly width: number;
  readonly height: number;
  /** Blocks that hold samples of the image; scans of this component alone go over these. */
  readonly columns: number;
  readonly rows: number;
  /** Blocks a row of `coefficients`, padded to whole units of all components. */
  readonly stride: number;
  /** 64 a block in natural order, not yet dequantised. */
  readonly coefficients: Int16Array;
}

/** Position in natural order of each coefficient in zigzag order. */
export const ZIGZAG = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
]);
