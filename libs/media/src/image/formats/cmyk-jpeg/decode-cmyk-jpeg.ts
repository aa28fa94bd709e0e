import { MediaError } from '../../../media-error.js';
import type { DecodedImage } from '../../decoded-image.js';
import { viewOf } from '../../byte-view.js';
import { endOfScan, isFrameHeader, jpegSegments, type JpegSegment } from '../../jpeg-segments.js';
import { cmykToRgb } from '../cmyk.js';
import { ZIGZAG } from './component.js';
import { readFrame, type Frame } from './frame.js';
import { HuffmanTable } from './huffman-table.js';
import { inverseTransform } from './inverse-transform.js';
import { decodeScan } from './scan.js';
import { upsample, type Plane } from './upsample.js';
import { yccToCmy } from './ycc.js';

const [HUFFMAN_TABLES, START_OF_SCAN, QUANTISATION_TABLES, RESTART_INTERVAL, ADOBE] = [
  0xc4, 0xda, 0xdb, 0xdd, 0xee,
];
const YCCK_TRANSFORM = 2;

/** Everything that a JPEG's segments say before and between its scans. */
interface Tables {
  readonly quantisation: Uint16Array[];
  readonly dc: HuffmanTable[];
  readonly ac: HuffmanTable[];
  restartInterval: number;
  isYcck: boolean;
}

/**
 * Decodes a JPEG of four channels (CMYK or YCCK) bit for bit as libjpeg-turbo and Pillow do. Own code, because the
 * codec used for all other JPEGs cannot, and the usual JavaScript decoder takes gigabytes and differs by up to 70
 * levels where colours are subsampled.
 */
export function decodeCmykJpeg(bytes: Uint8Array): DecodedImage {
  const tables: Tables = { quantisation: [], dc: [], ac: [], restartInterval: 0, isYcck: false };
  let frame: Frame | undefined;
  for (let offset: number | undefined = 2; offset !== undefined;) {
    const segments: Generator<JpegSegment> = jpegSegments(bytes, offset);
    offset = undefined;
    for (const { marker, body, end } of segments) {
      if (isFrameHeader(marker)) frame ??= readFrame(marker, body);
      if (marker !== START_OF_SCAN) {
        readTables(marker, body, tables);
        continue;
      }
      if (frame === undefined) throw new MediaError('corrupt', 'The JPEG has a scan before its frame.');
      decodeScan(bytes, end, body, frame, tables, tables.restartInterval);
      offset = endOfScan(bytes, end);
    }
  }
  if (frame === undefined) throw new MediaError('corrupt', 'The JPEG has no frame.');
  const { width, height } = frame;
  return { width, height, channels: 3, data: cmykToRgb(interleave(frame, tables)) };
}

function readTables(marker: number, body: Uint8Array, tables: Tables): void {
  if (marker === QUANTISATION_TABLES) readQuantisation(body, tables);
  else if (marker === HUFFMAN_TABLES) readHuffman(body, tables);
  else if (marker === RESTART_INTERVAL) tables.restartInterval = viewOf(body).getUint16(0);
  else if (marker === ADOBE && body.length >= 12) tables.isYcck = body[11] === YCCK_TRANSFORM;
}

function readQuantisation(body: Uint8Array, { quantisation }: Tables): void {
  const view = viewOf(body);
  for (let offset = 0; offset < body.length;) {
    const head = view.getUint8(offset);
    const wide = head >> 4 !== 0;
    const table = new Uint16Array(64);
    ZIGZAG.forEach((natural, k) => {
      table[natural] = wide ? view.getUint16(offset + 1 + k * 2) : view.getUint8(offset + 1 + k);
    });
    quantisation[head & 15] = table;
    offset += 1 + (wide ? 128 : 64);
  }
}

function readHuffman(body: Uint8Array, { dc, ac }: Tables): void {
  for (let offset = 0; offset + 17 <= body.length;) {
    const head = body[offset] ?? 0;
    const counts = body.subarray(offset + 1, offset + 17);
    const size = counts.reduce((sum, count) => sum + count, 0);
    (head >> 4 === 0 ? dc : ac)[head & 15] = new HuffmanTable(
      counts,
      body.subarray(offset + 17, offset + 17 + size),
    );
    offset += 17 + size;
  }
}

/** The inks of all pixels, `[height, width, 4]`. Adobe's convention is that 255 means none. */
function interleave(frame: Frame, tables: Tables): Uint8Array {
  const { width, height } = frame;
  const inks = new Uint8Array(width * height * 4);
  frame.components.slice(0, 4).forEach((component, channel) => {
    const { h, v } = component;
    const own = samplesOf(component, tables.quantisation);
    const plane = upsample(own, frame.maxH / h, frame.maxV / v, width, height);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0, to = y * width * 4 + channel; x < width; x += 1, to += 4) {
        inks[to] = plane.data[y * plane.stride + x] ?? 0;
      }
    }
  });
  if (tables.isYcck) yccToCmy(inks);
  return inks.map((value) => 255 - value);
}

function samplesOf(component: Frame['components'][number], quantisation: readonly Uint16Array[]): Plane {
  const { width, height, columns, rows, stride: blocks, coefficients } = component;
  const table = quantisation[component.quantisation];
  if (table === undefined) throw new MediaError('corrupt', 'The JPEG lacks a quantisation table.');
  const stride = columns * 8;
  const data = new Uint8Array(stride * rows * 8);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      inverseTransform(coefficients, (y * blocks + x) * 64, table, data, y * 8 * stride + x * 8, stride);
    }
  }
  return { width, height, stride, data };
}
