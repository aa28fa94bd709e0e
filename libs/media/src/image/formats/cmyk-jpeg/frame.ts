import { MediaError } from '../../../media-error.js';
import { viewOf } from '../../byte-view.js';
import type { Component } from './component.js';

/** A JPEG's frame header with room for its coefficients (T.81, B.2.2). */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly maxH: number;
  readonly maxV: number;
  /** Units of all components together. */
  readonly unitColumns: number;
  readonly unitRows: number;
  readonly components: readonly Component[];
}

const PROGRESSIVE = 0xc2;

/**
 * Reads a frame header (SOF0, SOF1, SOF2).
 *
 * @throws MediaError `corrupt` for other kinds (lossless, arithmetic, 12 bits).
 */
export function readFrame(marker: number, body: Uint8Array): Frame {
  const view = viewOf(body);
  const [precision, height, width, count] = [
    view.getUint8(0),
    view.getUint16(1),
    view.getUint16(3),
    view.getUint8(5),
  ];
  const specs = Array.from({ length: count }, (_, i) => {
    const sampling = view.getUint8(7 + i * 3);
    return {
      id: view.getUint8(6 + i * 3),
      h: sampling >> 4,
      v: sampling & 15,
      quantisation: view.getUint8(8 + i * 3),
    };
  });
  const valid = specs.every(({ h, v }) => h >= 1 && h <= 4 && v >= 1 && v <= 4);
  if (marker > PROGRESSIVE || precision !== 8 || !valid || width * height === 0) {
    throw new MediaError('corrupt', 'The JPEG is of a kind that is not read.');
  }
  const maxH = Math.max(...specs.map(({ h }) => h));
  const maxV = Math.max(...specs.map(({ v }) => v));
  const unitColumns = Math.ceil(width / (8 * maxH));
  const unitRows = Math.ceil(height / (8 * maxV));
  const components = specs.map((spec): Component => {
    const ownWidth = Math.ceil((width * spec.h) / maxH);
    const ownHeight = Math.ceil((height * spec.v) / maxV);
    const stride = unitColumns * spec.h;
    const coefficients = new Int16Array(stride * unitRows * spec.v * 64);
    const columns = Math.ceil(ownWidth / 8);
    const rows = Math.ceil(ownHeight / 8);
    return { ...spec, width: ownWidth, height: ownHeight, columns, rows, stride, coefficients };
  });
  return {
    width,
    height,
    progressive: marker === PROGRESSIVE,
    maxH,
    maxV,
    unitColumns,
    unitRows,
    components,
  };
}
