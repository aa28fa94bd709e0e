/** One channel in samples. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Samples from one row to the next. */
  readonly stride: number;
  readonly data: Uint8Array;
}

/**
 * Brings a subsampled channel to full size as libjpeg-turbo does: by triangles (3/4 of the nearer sample, 1/4 of the
 * other) where it is halved, by repetition elsewhere.
 *
 * @param horizontal,vertical how many times smaller the channel is.
 * @returns a plane of at least `width` x `height`.
 */
export function upsample(
  plane: Plane,
  horizontal: number,
  vertical: number,
  width: number,
  height: number,
): Plane {
  if (horizontal === 1 && vertical === 1) return plane;
  const smooth = plane.width > 2 && horizontal === 2 && vertical <= 2;
  const smoothDown = horizontal === 1 && vertical === 2;
  const stride = Math.max(width, plane.width * horizontal);
  const data = new Uint8Array(stride * height);
  const sums = new Int32Array(plane.width);
  for (let y = 0; y < height; y += 1) {
    const near = Math.floor(y / vertical);
    const row = data.subarray(y * stride, (y + 1) * stride);
    const far = Math.max(0, Math.min(plane.height - 1, y % 2 === 0 ? near - 1 : near + 1));
    if (smooth || smoothDown) blendRows(plane, near, vertical === 2 ? far : near, sums);
    if (smooth) spreadRow(sums, row, vertical === 2);
    else if (smoothDown) row.forEach((_, x) => (row[x] = ((sums[x] ?? 0) + 1 + (y % 2)) >> 2));
    else row.forEach((_, x) => (row[x] = plane.data[near * plane.stride + Math.floor(x / horizontal)] ?? 0));
  }
  return { width, height, stride, data };
}

/** Three parts of one row and one of another; four parts of one where both are the same. */
function blendRows({ data, stride, width }: Plane, near: number, far: number, sums: Int32Array): void {
  for (let x = 0; x < width; x += 1) {
    sums[x] = (data[near * stride + x] ?? 0) * 3 + (data[far * stride + x] ?? 0);
  }
}

/** Doubles a row of sums of four; the rounding alternates, in a way of its own for each direction. */
function spreadRow(sums: Int32Array, row: Uint8Array, bothWays: boolean): void {
  const last = sums.length - 1;
  for (let x = 0; x <= last; x += 1) {
    const here = sums[x] ?? 0;
    const left = (sums[Math.max(0, x - 1)] ?? 0) + here * 3;
    const right = (sums[Math.min(last, x + 1)] ?? 0) + here * 3;
    row[x * 2] = (left + (bothWays ? 8 : 4)) >> 4;
    row[x * 2 + 1] = (right + (bothWays ? 7 : 8)) >> 4;
  }
}
