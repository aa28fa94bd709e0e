const TABLE_SIZE = 65536;

/** Draws bf16 numbers from a normal distribution, the same for the same seed. */
export class RandomWeights {
  readonly #tables = new Map<string, Uint16Array>();
  #state: number;

  /** `seed` is any integer; its low 32 bits count. */
  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) | 0 || 1;
  }

  /** Fills `out` with the bits of bf16 numbers of the given mean and standard deviation. */
  fill(out: Uint16Array, mean: number, deviation: number): void {
    const key = `${mean} ${deviation}`;
    const table = this.#tables.get(key) ?? bf16Table(mean, deviation);
    this.#tables.set(key, table);
    let state = this.#state;
    for (let index = 0; index < out.length; index++) {
      // xorshift32 (Marsaglia, 2003)
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      out[index] = table[state >>> 16] ?? 0;
    }
    this.#state = state;
  }
}

/** Equally likely values of the distribution: a look-up takes the place of a normal draw. */
function bf16Table(mean: number, deviation: number): Uint16Array {
  const floats = Float32Array.from(
    { length: TABLE_SIZE },
    (_, index) => mean + deviation * normalQuantile((index + 0.5) / TABLE_SIZE),
  );
  const bits = new Uint32Array(floats.buffer);
  return Uint16Array.from(bits, (value) => (value + 0x7fff + ((value >>> 16) & 1)) >>> 16);
}

/** Quantile of the standard normal distribution, to 4.5e-4 (Abramowitz and Stegun 26.2.23). */
function normalQuantile(probability: number): number {
  if (probability > 0.5) return -normalQuantile(1 - probability);
  const t = Math.sqrt(-2 * Math.log(probability));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return numerator / denominator - t;
}
