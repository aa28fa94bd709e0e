/** The part of the decoder's configuration that rotary angles depend on. */
export interface RotaryConfig {
  readonly headDim: number;
  readonly ropeTheta: number;
  /** Frequencies given to time, height and width; their sum is `headDim / 2`. */
  readonly mropeSection: readonly [number, number, number];
}

/** Cosines and sines, f32 `[tokens, headDim / 2]`. */
export interface RotaryTable {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

/**
 * Rotary angles of the decoder. Axes take frequencies in turn (T H W T H W …) until the sections of height and width
 * are used up; the rest is time's. Equals `apply_interleaved_mrope` of `Qwen3VLTextRotaryEmbedding`.
 */
export class MropeRotary {
  readonly #frequencies: Float32Array;
  readonly #axes: Uint8Array;

  constructor({ headDim, ropeTheta, mropeSection }: RotaryConfig) {
    const half = headDim / 2;
    // Rounded to f32 step by step as in the reference: far from the start, exact angles differ from its by 1e-3.
    this.#frequencies = Float32Array.from(
      { length: half },
      (_, i) => 1 / Math.fround(ropeTheta ** ((2 * i) / headDim)),
    );
    this.#axes = Uint8Array.from({ length: half }, (_, i) => {
      const axis = i % 3;
      return axis > 0 && i < 3 * (mropeSection[axis] ?? 0) ? axis : 0;
    });
  }

  /** Angles of tokens `[from, to)` of `positions` `[3, tokens]`. */
  range(positions: Int32Array, from: number, to: number): RotaryTable {
    const tokens = positions.length / 3;
    const table = this.#allocate(to - from);
    for (let token = from; token < to; token++)
      this.#write(table, token - from, (axis) => positions[axis * tokens + token] ?? 0);
    return table;
  }

  /** Angles of text tokens, whose three positions are equal: those of decoding, one for each sequence. */
  text(positions: readonly number[]): RotaryTable {
    const table = this.#allocate(positions.length);
    for (const [row, position] of positions.entries()) this.#write(table, row, () => position);
    return table;
  }

  #allocate(tokens: number): RotaryTable {
    const length = tokens * this.#frequencies.length;
    return { cos: new Float32Array(length), sin: new Float32Array(length) };
  }

  #write({ cos, sin }: RotaryTable, row: number, position: (axis: number) => number): void {
    const half = this.#frequencies.length;
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(position(this.#axes[i] ?? 0) * (this.#frequencies[i] ?? 0));
      cos[row * half + i] = Math.cos(angle);
      sin[row * half + i] = Math.sin(angle);
    }
  }
}
