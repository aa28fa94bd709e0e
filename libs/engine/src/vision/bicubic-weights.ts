/** Bits after the binary point of a weight. Pillow chose 22 so that a weighted sum of bytes fits 32 bits. */
export const weightBits = 22;

/** For each output sample, which input samples it is made of and with what integer weights. */
export interface ResampleWeights {
  /** First input sample of each output sample. */
  readonly starts: Int32Array;
  /** How many input samples each output sample uses. */
  readonly counts: Int32Array;
  /** `stride` weights for each output sample, scaled by 2^22. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Keys' cubic convolution kernel with a = -0.5, zero from 2 on. */
function cubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** Weights of one axis, from `input` to `output` samples, widened when shrinking (antialiasing), as Pillow computes them. */
export function bicubicWeights(input: number, output: number): ResampleWeights {
  const scale = input / output;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(output);
  const counts = new Int32Array(output);
  const weights = new Int32Array(output * stride);
  const row = new Float64Array(stride);
  for (let i = 0; i < output; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(input, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let j = 0; j < count; j++) sum += row[j] = cubic((j + start - center + 0.5) / filterScale);
    for (let j = 0; j < count; j++) {
      const weight = ((row[j] ?? 0) / sum) * 2 ** weightBits;
      weights[i * stride + j] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, stride };
}
