import type { RgbImage } from '../imaging/rgb-image.js';

/**
 * The ten digits of OCR-A, ink from 0 to 9, 10 columns by 14 rows each: drawn from John Sauter's public-domain
 * font, stretched to the width that they have on the card.
 */
const SHAPES = [
  '0033333100 0399999800 0570002910 0570002910 0570002910 0570002910 0570002910 0570002910 0570002910 0570002910 0399999800 0033333100 0000000000 0000000000',
  '0133310000 0399940000 0000840000 0000840000 0000840000 0000840000 0000840400 0000842910 0000842910 0000842910 0499999910 0133333300 0000000000 0000000000',
  '0133333100 0399999800 0000002910 0000002910 0000002910 0056666900 0496666400 0570000000 0570000000 0570000000 0599999800 0233333300 0000000000 0000000000',
  '0133333100 0399999800 0000002910 0000002910 0000002910 0005667800 0016778700 0000002910 0000002910 0000002910 0499999800 0133333100 0000000000 0000000000',
  '0020000000 0191001000 0191029100 0191029100 0191029100 0191029100 0195559300 0188889500 0000029100 0000029100 0000029100 0000002000 0000000000 0000000000',
  '0013333300 0029999800 0029100000 0029100000 0029100000 0029666300 0017777900 0000002910 0000002910 0241002910 0389999800 0003333100 0000000000 0000000000',
  '0131000000 0493000000 0570000000 0570000000 0570000000 0570000000 0585555400 0598888910 0570002910 0570002910 0499999910 0133333300 0000000000 0000000000',
  '0133333300 0499999910 0230002910 0000002910 0000003910 0000049500 0000494000 0000850000 0000840000 0000840000 0000840000 0000200000 0000000000 0000000000',
  '0003332000 0019997000 0029157000 0029157000 0029157000 0059678300 0497777900 0470002910 0570002910 0470002910 0399999800 0033333100 0000000000 0000000000',
  '0133333300 0499999910 0570002910 0570002910 0598888910 0145556910 0000002910 0000002910 0000002910 0000002910 0000007910 0000002300 0000000000 0000000000',
].map((shape) => normalise(Float32Array.from(shape.replaceAll(' ', ''), Number)));

const COLUMNS = 10;
const ROWS = 14;
const POSITIONS = 16;
/** Correlation is turned into probability with this sharpness: a lead of 0.1 is worth a factor of 12. */
const SHARPNESS = 25;

/** Where the digits lie in a line, pixels. */
export interface DigitGrid {
  /** Left edge of the first digit's field. */
  readonly left: number;
  /** Distance between two digits. */
  readonly pitch: number;
  /** Vertical centre of the digits. */
  readonly centre: number;
}

/**
 * Compares each of the sixteen places with the shapes of OCR-A, after moving the grid to where they fit best.
 *
 * @returns natural log probabilities `[16, 10]`
 */
export function matchDigits(line: RgbImage, expected: DigitGrid): Float32Array[] {
  const grey = luminance(line);
  let best: Fit = { grid: expected, scores: [], sum: -Infinity };
  const attempt = (stretch: number, dx: number, dy: number, from: DigitGrid) => {
    const pitch = expected.pitch * stretch;
    const left = from.left + dx - (pitch - from.pitch) * (POSITIONS / 2);
    const grid = { left, pitch, centre: from.centre + dy };
    const scores = Array.from({ length: POSITIONS }, (_, i) => correlate(grey, line, grid, i));
    const sum = scores.reduce((total, row) => total + Math.max(...row), 0);
    if (sum > best.sum) best = { grid, scores, sum };
  };
  for (const dx of [-6, -3, 0, 3, 6]) for (const dy of [-4.5, -1.5, 1.5, 4.5]) attempt(1, dx, dy, expected);
  const coarse = best.grid;
  for (const stretch of [0.985, 1, 1.015]) {
    for (const dx of [-1.5, 0, 1.5]) for (const dy of [-1.5, 0, 1.5]) attempt(stretch, dx, dy, coarse);
  }
  return best.scores.map(logSoftmax);
}

interface Fit {
  readonly grid: DigitGrid;
  readonly scores: Float32Array[];
  /** Sum of the best correlation at each place. */
  readonly sum: number;
}

function luminance({ data, width, height }: RgbImage): Float32Array {
  const grey = new Float32Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    grey[i] = (data[at] ?? 0) * 0.3 + (data[at + 1] ?? 0) * 0.59 + (data[at + 2] ?? 0) * 0.11;
  }
  return grey;
}

function correlate(grey: Float32Array, line: RgbImage, grid: DigitGrid, index: number): Float32Array {
  const cell = grid.pitch / COLUMNS;
  const left = grid.left + index * grid.pitch;
  const top = grid.centre - (ROWS * cell) / 2;
  const patch = new Float32Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    const y = Math.min(line.height - 1, Math.max(0, Math.round(top + (row + 0.5) * cell)));
    for (let column = 0; column < COLUMNS; column++) {
      const x = Math.min(line.width - 1, Math.max(0, Math.round(left + (column + 0.5) * cell)));
      patch[row * COLUMNS + column] = -(grey[y * line.width + x] ?? 0);
    }
  }
  const normal = normalise(patch);
  const scores = new Float32Array(SHAPES.length);
  for (const [digit, shape] of SHAPES.entries()) {
    let sum = 0;
    for (let i = 0; i < shape.length; i++) sum += (shape[i] ?? 0) * (normal[i] ?? 0);
    scores[digit] = sum;
  }
  return scores;
}

/** Mean 0, length 1: the dot product of two such is their correlation. */
function normalise(values: Float32Array): Float32Array {
  let total = 0;
  for (const value of values) total += value;
  const mean = total / values.length;
  const centred = new Float32Array(values.length);
  let square = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.fround((values[i] ?? 0) - mean);
    centred[i] = value;
    square += value * value;
  }
  const length = Math.max(1e-6, Math.sqrt(square));
  for (let i = 0; i < centred.length; i++) centred[i] = (centred[i] ?? 0) / length;
  return centred;
}

function logSoftmax(scores: Float32Array): Float32Array {
  const top = Math.max(...scores);
  const total = scores.reduce((sum, score) => sum + Math.exp(SHARPNESS * (score - top)), 0);
  return scores.map((score) => SHARPNESS * (score - top) - Math.log(total));
}
