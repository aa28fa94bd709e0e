/** Types of checkpoint weights that can be read, by safetensors' names, with the bytes of an element. */
export const FLOAT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;

/** A floating-point type of a checkpoint. */
export type FloatType = keyof typeof FLOAT_BYTES;

/** Whether a tensor of this type can be a weight. */
export function isFloatType(dtype: string): dtype is FloatType {
  return Object.hasOwn(FLOAT_BYTES, dtype);
}

/** Converts little-endian elements to f32, exactly. `out` holds as many elements as `bytes` does. */
export function decodeFloats(dtype: FloatType, bytes: Uint8Array, out: Float32Array): void {
  if (dtype === 'F32') {
    new Uint8Array(out.buffer, out.byteOffset, bytes.byteLength).set(bytes);
    return;
  }
  const source = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  if (dtype === 'F16') {
    const table = halfTable();
    for (let index = 0; index < source.length; index++) out[index] = table[source[index] ?? 0] ?? 0;
    return;
  }
  const bits = new Uint32Array(out.buffer, out.byteOffset, source.length);
  for (let index = 0; index < source.length; index++) bits[index] = (source[index] ?? 0) << 16;
}

let cachedTable: Float32Array | undefined;

/** All 65536 half-precision values: a look-up is several times faster than arithmetic. */
function halfTable(): Float32Array {
  cachedTable ??= Float32Array.from({ length: 65536 }, (_, half) => decodeHalf(half));
  return cachedTable;
}

/** IEEE 754 binary16, given by its bits. */
export function decodeHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);
const LARGEST_HALF = 0x7bff;

/** Bits of the binary16 nearest to an f32, ties to even; values beyond its range become the largest finite one. */
export function encodeHalf(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | LARGEST_HALF;
  if (magnitude < 0x38800000)
    return sign | roundHalfEven((magnitude < 0x33000000 ? 0 : Math.abs(value)) * 2 ** 24);
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** Bits of the nearest binary16 of each value; see {@link encodeHalf}. */
export function encodeHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) halves[index] = encodeHalf(values[index] ?? 0);
  return halves;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
