import utif from 'utif2';
import { MediaError } from '../../media-error.js';
import type { DecodedImage } from '../decoded-image.js';

const CMYK = 5;

/** Decodes a TIFF's first page as Pillow does, orientation not applied. */
export function decodeTiff(bytes: Uint8Array): DecodedImage {
  const buffer = new Uint8Array(bytes).buffer;
  const [page] = utif.decode(buffer);
  if (page === undefined) throw new MediaError('corrupt', 'The TIFF holds no page.');
  utif.decodeImage(buffer, page);
  const { width, height } = page;
  const isCmyk = firstNumber(page['t262']) === CMYK && page.data.length === width * height * 4;
  const data = isCmyk ? cmykToRgba(page.data) : utif.toRGBA8(page);
  return { width, height, channels: 4, data };
}

/** Pillow's formula: each ink darkens what black leaves, rounded as its `MULDIV255`. */
function cmykToRgba(inks: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(inks.length);
  for (let i = 0; i < inks.length; i += 4) {
    const light = 255 - (inks[i + 3] ?? 0);
    for (let c = 0; c < 3; c += 1) {
      const product = (inks[i + c] ?? 0) * light + 128;
      rgba[i + c] = light - ((product + (product >> 8)) >> 8);
    }
  }
  return rgba;
}

function firstNumber(value: unknown): number | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof first === 'number' ? first : undefined;
}
