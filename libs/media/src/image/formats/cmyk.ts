/**
 * Turns inks into light with Pillow's formula: each ink darkens what black leaves, rounded as its `MULDIV255`.
 *
 * @param inks cyan, magenta, yellow, black, 0 to 255 each, `[pixels, 4]`.
 * @returns RGB, `[pixels, 3]`.
 */
export function cmykToRgb(inks: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4, to += 3) {
    const light = 255 - (inks[from + 3] ?? 0);
    for (let c = 0; c < 3; c += 1) {
      const product = (inks[from + c] ?? 0) * light + 128;
      rgb[to + c] = Math.max(0, light - ((product + (product >> 8)) >> 8));
    }
  }
  return rgb;
}
