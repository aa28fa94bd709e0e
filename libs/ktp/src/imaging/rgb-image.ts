/** An image as packed 8-bit RGB, row by row: `data.length === width * height * 3`, shape `[height, width, 3]`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
