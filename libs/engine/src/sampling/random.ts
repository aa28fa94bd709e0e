const goldenGamma = 0x9e3779b97f4a7c15n;
const mask = 0xffffffffffffffffn;

/** The finaliser of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"). */
function mix(value: bigint): bigint {
  let z = value & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
  return z ^ (z >> 31n);
}

/**
 * The random number of a token: uniform in `[0, 1)` with 53 bits, and a function of (seed, position) alone, so
 * that a generation can be taken up again at any token. The seed is mixed to the start of a SplitMix64 stream, and the number
 * is that stream's element at `position`.
 *
 * @param seed integer in `[0, 2^53)`
 * @param position index of the token among the generated ones, from 0
 */
export function uniform(seed: number, position: number): number {
  const start = mix(BigInt(seed) + goldenGamma);
  return Number(mix(start + BigInt(position + 1) * goldenGamma) >> 11n) * 2 ** -53;
}
