/** What the graphs need to know about positions, computed the plain way from the reference's description. */

/** Inputs of the vision graph that depend on the grid alone; rows and columns of patches. */
export function visionPositions(
  height: number,
  width: number,
  { side = 48, merge = 2, headDim }: { side?: number; merge?: number; headDim: number },
): { index: BigInt64Array; weight: Float32Array; cos: Float32Array; sin: Float32Array } {
  const patches = height * width;
  const index = new BigInt64Array(4 * patches);
  const weight = new Float32Array(4 * patches);
  const cos = new Float32Array((patches * headDim) / 2);
  const sin = new Float32Array((patches * headDim) / 2);
  let patch = 0;
  for (let blockRow = 0; blockRow < height / merge; blockRow++) {
    for (let blockColumn = 0; blockColumn < width / merge; blockColumn++) {
      for (let inner = 0; inner < merge ** 2; inner++) {
        const row = blockRow * merge + Math.floor(inner / merge);
        const column = blockColumn * merge + (inner % merge);
        corners(patch, row, column);
        angles(patch, row, column);
        patch++;
      }
    }
  }
  return { index, weight, cos, sin };

  function corners(at: number, row: number, column: number): void {
    const y = height === 1 ? 0 : (row * (side - 1)) / (height - 1);
    const x = width === 1 ? 0 : (column * (side - 1)) / (width - 1);
    for (let corner = 0; corner < 4; corner++) {
      const below = corner >= 2;
      const right = corner % 2 === 1;
      const tableRow = Math.min(Math.floor(y) + Number(below), side - 1);
      const tableColumn = Math.min(Math.floor(x) + Number(right), side - 1);
      index[corner * patches + at] = BigInt(tableRow * side + tableColumn);
      const [dy, dx] = [y - Math.floor(y), x - Math.floor(x)];
      weight[corner * patches + at] = (below ? dy : 1 - dy) * (right ? dx : 1 - dx);
    }
  }

  function angles(at: number, row: number, column: number): void {
    for (let frequency = 0; frequency < headDim / 4; frequency++) {
      const inverse = 10000 ** ((-2 * frequency) / (headDim / 2));
      const offset = (at * headDim) / 2 + frequency;
      cos[offset] = Math.cos(row * inverse);
      sin[offset] = Math.sin(row * inverse);
      cos[offset + headDim / 4] = Math.cos(column * inverse);
      sin[offset + headDim / 4] = Math.sin(column * inverse);
    }
  }
}

/** Interleaved mRoPE for positions `[3, tokens]`: cos and sin `[tokens, headDim / 2]`. */
export function mrope(
  positions: ArrayLike<number>,
  { headDim, theta, section }: { headDim: number; theta: number; section: readonly number[] },
): { cos: Float32Array; sin: Float32Array } {
  const half = headDim / 2;
  const tokens = positions.length / 3;
  const cos = new Float32Array(tokens * half);
  const sin = new Float32Array(tokens * half);
  for (let token = 0; token < tokens; token++) {
    for (let frequency = 0; frequency < half; frequency++) {
      const remainder = frequency % 3;
      const axis = remainder > 0 && frequency < 3 * (section[remainder] ?? 0) ? remainder : 0;
      const angle = (positions[axis * tokens + token] ?? 0) * theta ** ((-2 * frequency) / headDim);
      cos[token * half + frequency] = Math.cos(angle);
      sin[token * half + frequency] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
