import type { DecodedImage } from '../decoded-image.js';
import { GRAY, PALETTE, readPng, RGB, type PngContent, type PngPass } from './png-header.js';
import { unfilterRow } from './png-unfilter.js';

/** Gives the 8-bit value of a sample of a row, by the sample's position in it. */
type SampleReader = (row: Uint8Array, sample: number) => number;

/**
 * Decodes a PNG as Pillow does: 16-bit colour keeps its high byte, 16-bit gray is clipped at 255 (Pillow's mode
 * `I;16`), and transparency never replaces a colour. Own code, because the usual library fills what a truncated file
 * lacks with uninitialised memory and inflates interlaced files without a limit.
 */
export function decodePng(bytes: Uint8Array): DecodedImage {
  const content = readPng(bytes);
  const { width, height, samples, bitDepth } = content.header;
  const data = new Uint8Array(width * height * 3);
  const pixelBytes = Math.max(1, (samples * bitDepth) >> 3);
  let offset = 0;
  for (const pass of content.passes) {
    const paint = painter(content, pass, data);
    let above: Uint8Array = new Uint8Array(pass.rowBytes);
    for (let y = 0; y < pass.rows; y += 1) {
      const row = content.rows.subarray(offset + 1, offset + 1 + pass.rowBytes);
      unfilterRow(content.rows[offset] ?? 0, row, above, pixelBytes);
      paint(row, y);
      above = row;
      offset += pass.rowBytes + 1;
    }
  }
  return { width, height, channels: 3, data };
}

/** Makes the function that writes one unfiltered row of a pass into the RGB image. */
function painter(content: PngContent, pass: PngPass, data: Uint8Array): (row: Uint8Array, y: number) => void {
  const { header, palette } = content;
  const { samples, colourType, width } = header;
  const isColour = colourType === RGB || samples === 4;
  const read = sampleReader(header.bitDepth, colourType);
  return (row, y) => {
    let to = ((pass.y + y * pass.stepY) * width + pass.x) * 3;
    for (let x = 0; x < pass.columns; x += 1, to += pass.stepX * 3) {
      const first = read(row, x * samples);
      if (colourType === PALETTE) {
        data[to] = palette[first * 3] ?? 0;
        data[to + 1] = palette[first * 3 + 1] ?? 0;
        data[to + 2] = palette[first * 3 + 2] ?? 0;
      } else {
        data[to] = first;
        data[to + 1] = isColour ? read(row, x * samples + 1) : first;
        data[to + 2] = isColour ? read(row, x * samples + 2) : first;
      }
    }
  };
}

function sampleReader(bitDepth: number, colourType: number): SampleReader {
  if (bitDepth === 8) return (row, sample) => row[sample] ?? 0;
  if (bitDepth === 16) {
    return colourType === GRAY
      ? (row, sample) => ((row[sample * 2] ?? 0) > 0 ? 255 : (row[sample * 2 + 1] ?? 0))
      : (row, sample) => row[sample * 2] ?? 0;
  }
  const perByte = 8 / bitDepth;
  const max = 2 ** bitDepth - 1;
  const scale = colourType === PALETTE ? 1 : 255 / max;
  return (row, sample) => {
    const shift = 8 - bitDepth * (1 + (sample % perByte));
    return (((row[Math.floor(sample / perByte)] ?? 0) >> shift) & max) * scale;
  };
}
