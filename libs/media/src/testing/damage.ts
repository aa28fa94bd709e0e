/** The first part of a file. */
export function truncated(bytes: Uint8Array, share: number): Uint8Array {
  return bytes.slice(0, Math.floor(bytes.length * share));
}

/** A file with bits flipped at places that a seed chooses, within a range of it. */
export function flipped(
  bytes: Uint8Array,
  seed: number,
  flips: number,
  from = 0,
  to = bytes.length,
): Uint8Array {
  const out = Uint8Array.from(bytes);
  const random = randomNumbers(seed);
  for (let i = 0; i < flips; i += 1) {
    const at = from + Math.floor(random() * (to - from));
    out[at] = (out[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return out;
}

/** Bytes without meaning. */
export function noise(length: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
