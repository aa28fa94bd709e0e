/**
 * The inverse cosine transform that libjpeg calls "islow" (Loeffler, Ligtenberg and Moschytz 1989, in integers of 13
 * bits): other transforms differ from it by a level here and there, so the very same steps are taken.
 */

const CONSTANT_BITS = 13;
/** Bits that are kept between both passes. */
const EXTRA_BITS = 2;

const fixed = (value: number): number => Math.round(value * 2 ** CONSTANT_BITS);
const F_0_298 = fixed(0.298631336);
const F_0_390 = fixed(0.390180644);
const F_0_541 = fixed(0.5411961);
const F_0_765 = fixed(0.765366865);
const F_0_899 = fixed(0.899976223);
const F_1_175 = fixed(1.175875602);
const F_1_501 = fixed(1.50132111);
const F_1_847 = fixed(1.847759065);
const F_1_961 = fixed(1.96157056);
const F_2_053 = fixed(2.053119869);
const F_2_562 = fixed(2.562915447);
const F_3_072 = fixed(3.072711026);

/** What the second pass leaves of a block without detail. */
const FLAT_SHIFT = EXTRA_BITS + 3;
const FLAT_HALF = 1 << (FLAT_SHIFT - 1);

const workspace = new Int32Array(64);

/**
 * Turns a block of coefficients into samples.
 *
 * @param coefficients 64 in natural order, from `offset`.
 * @param out receives 8 rows of 8 samples, `stride` apart, from `outOffset`.
 */
export function inverseTransform(
  coefficients: Int16Array,
  offset: number,
  quantisation: Uint16Array,
  out: Uint8Array,
  outOffset: number,
  stride: number,
): void {
  let others = 0;
  for (let i = 0; i < 64; i += 1) {
    workspace[i] = (coefficients[offset + i] ?? 0) * (quantisation[i] ?? 0);
    if (i > 0) others |= at(i);
  }
  if (others === 0) {
    const flat = clamp(((at(0) << EXTRA_BITS) + FLAT_HALF) >> FLAT_SHIFT);
    for (let row = 0; row < 8; row += 1)
      out.fill(flat, outOffset + row * stride, outOffset + row * stride + 8);
    return;
  }
  for (let column = 0; column < 8; column += 1) transform8(column, 8, CONSTANT_BITS - EXTRA_BITS);
  for (let row = 0; row < 8; row += 1) {
    transform8(row * 8, 1, CONSTANT_BITS + EXTRA_BITS + 3);
    const to = outOffset + row * stride;
    for (let x = 0; x < 8; x += 1) out[to + x] = clamp(at(row * 8 + x));
  }
}

/** Transforms 8 values of the workspace in place and drops so many bits of the results, rounding. */
function transform8(start: number, step: number, shift: number): void {
  const even1 = (at(start + 2 * step) + at(start + 6 * step)) * F_0_541;
  const even2 = even1 - at(start + 6 * step) * F_1_847;
  const even3 = even1 + at(start + 2 * step) * F_0_765;
  const sum = (at(start) + at(start + 4 * step)) << CONSTANT_BITS;
  const difference = (at(start) - at(start + 4 * step)) << CONSTANT_BITS;

  const [v7, v5, v3, v1] = [
    at(start + 7 * step),
    at(start + 5 * step),
    at(start + 3 * step),
    at(start + step),
  ];
  const shared = (v7 + v3 + v5 + v1) * F_1_175;
  const z1 = (v7 + v1) * -F_0_899;
  const z2 = (v5 + v3) * -F_2_562;
  const z3 = (v7 + v3) * -F_1_961 + shared;
  const z4 = (v5 + v1) * -F_0_390 + shared;
  const odd0 = v7 * F_0_298 + z1 + z3;
  const odd1 = v5 * F_2_053 + z2 + z4;
  const odd2 = v3 * F_3_072 + z2 + z3;
  const odd3 = v1 * F_1_501 + z1 + z4;

  const half = 1 << (shift - 1);
  workspace[start] = (sum + even3 + odd3 + half) >> shift;
  workspace[start + step] = (difference + even2 + odd2 + half) >> shift;
  workspace[start + 2 * step] = (difference - even2 + odd1 + half) >> shift;
  workspace[start + 3 * step] = (sum - even3 + odd0 + half) >> shift;
  workspace[start + 4 * step] = (sum - even3 - odd0 + half) >> shift;
  workspace[start + 5 * step] = (difference - even2 - odd1 + half) >> shift;
  workspace[start + 6 * step] = (difference + even2 - odd2 + half) >> shift;
  workspace[start + 7 * step] = (sum + even3 - odd3 + half) >> shift;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value + 128));
}

function at(index: number): number {
  return workspace[index] ?? 0;
}
