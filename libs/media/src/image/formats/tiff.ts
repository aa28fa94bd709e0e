import utif from 'utif2';
import { MediaError } from '../../media-error.js';
import { cmykToRgb } from './cmyk.js';
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
  if (isCmyk) return { width, height, channels: 3, data: cmykToRgb(page.data) };
  return { width, height, channels: 4, data: utif.toRGBA8(page) };
}

function firstNumber(value: unknown): number | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof first === 'number' ? first : undefined;
}
