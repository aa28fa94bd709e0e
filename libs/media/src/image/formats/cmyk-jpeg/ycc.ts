const FRACTION_BITS = 16;
const HALF = 1 << (FRACTION_BITS - 1);
const fixed = (value: number): number => Math.round(value * 2 ** FRACTION_BITS);

/** Turns the first three of four channels from YCC to CMY in place, with libjpeg's integers; black stays. */
export function yccToCmy(pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i += 4) {
    const luma = pixels[i] ?? 0;
    const blue = (pixels[i + 1] ?? 0) - 128;
    const red = (pixels[i + 2] ?? 0) - 128;
    pixels[i] = clamp(255 - luma - ((fixed(1.402) * red + HALF) >> FRACTION_BITS));
    pixels[i + 1] = clamp(
      255 - luma - ((-fixed(0.34414) * blue - fixed(0.71414) * red + HALF) >> FRACTION_BITS),
    );
    pixels[i + 2] = clamp(255 - luma - ((fixed(1.772) * blue + HALF) >> FRACTION_BITS));
  }
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value));
}
