import type { Quad } from '../geometry/point.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import type { Cancellation } from '../ocr/cancellation.js';
import { cropLine } from '../ocr/crop-line.js';
import { restrict } from '../ocr/confusions.js';
import { decodeGreedy, type Glyph, type Posteriors } from '../ocr/ctc.js';
import type { OcrModels } from '../ocr/ocr-models.js';
import type { OrientedBox } from '../ocr/oriented-box.js';
import { LINE_HEIGHT } from '../ocr/text-recogniser.js';
import { findCells, type Cell, type CellKey } from './cells.js';
import { findLabels } from './find-labels.js';
import { VALUE_X } from './layout.js';
import { dominantDirection, orientBoxes, type LineBox } from './line-boxes.js';
import { readNik } from './nik-looks.js';
import { findPose, MIN_LABELS, type CardPose, type FoundLabel } from './rectify.js';
import { joinWithSpaces } from './word-gaps.js';

/** One value as it was read. */
export interface CellReading {
  readonly key: CellKey;
  /** The print, capitals, with the spaces that it shows. */
  readonly text: string;
  /** Probability of the least certain character, `[0, 1]`. */
  readonly confidence: number;
  /** Corners in the picture. */
  readonly quad: Quad;
  /** Different readings of the same print, where it was looked at more than once. */
  readonly looks: readonly string[];
}

/** All that was read from a picture, before any of it is interpreted. */
export interface CardReading {
  readonly cells: readonly CellReading[];
  readonly labels: readonly FoundLabel[];
  /** Missing when no card was recognised. */
  readonly pose: CardPose | undefined;
  /** Text lines that the detector found, whether or not they belong to a card. */
  readonly lines: readonly LineBox[];
}

/** The picture's longer side while text is searched, pixels. */
const DETECTION_SIDE = 800;
/** Lines that are asked which way is up. */
const DIRECTION_SAMPLES = 6;

/** Finds the card by its labels, straightens it and reads its values. */
export async function readCard(
  image: RgbImage,
  models: OcrModels,
  signal?: Cancellation,
): Promise<CardReading> {
  const boxes = await models.detector.detect(image, DETECTION_SIDE);
  signal?.throwIfAborted();
  const { lines, labels } = await findUpright(image, boxes, models, signal);
  const pose = labels.length >= MIN_LABELS ? findPose(labels, lines) : undefined;
  if (!pose) return { cells: [], labels, pose: undefined, lines };
  const cells = findCells(pose, labels, lines);
  return { cells: await readCells(image, cells, pose, models, signal), labels, pose, lines };
}

/** Labels in the direction that the classifier believes in, or in the opposite one when that shows more of them. */
async function findUpright(
  image: RgbImage,
  boxes: readonly OrientedBox[],
  models: OcrModels,
  signal?: Cancellation,
): Promise<{ lines: LineBox[]; labels: FoundLabel[] }> {
  const direction = dominantDirection(boxes);
  const upright = orientBoxes(boxes, direction);
  const samples = [...upright].sort((a, b) => b.width - a.width).slice(0, DIRECTION_SAMPLES);
  const turned = await models.classifier.upsideDown(samples.map((line) => cropLine(image, line.quad)));
  const directions = turned > 0.5 ? [direction + Math.PI, direction] : [direction, direction + Math.PI];
  let best: { lines: LineBox[]; labels: FoundLabel[] } = { lines: upright, labels: [] };
  for (const candidate of directions) {
    signal?.throwIfAborted();
    const lines = orientBoxes(boxes, candidate);
    const labels = await findLabels(image, lines, models.recogniser, signal);
    if (labels.length > best.labels.length) best = { lines, labels };
    if (best.labels.length > MIN_LABELS) break;
  }
  return best;
}

async function readCells(
  image: RgbImage,
  cells: readonly Cell[],
  pose: CardPose,
  models: OcrModels,
  signal?: Cancellation,
): Promise<CellReading[]> {
  const lines = cells.map((cell) => cropLine(image, cell.quad));
  const posteriors = await models.recogniser.recognise(lines, signal);
  const readings: CellReading[] = [];
  for (const [index, cell] of cells.entries()) {
    const line = lines[index];
    const own = posteriors[index];
    if (!line || !own) continue;
    if (cell.key !== 'nik') {
      readings.push(readLine(cell, line, own));
      continue;
    }
    const nik = await readNik(image, cell, line, own, pose, models.recogniser, signal);
    readings.push({ key: 'nik', ...nik, quad: cell.quad });
  }
  return readings;
}

function readLine(cell: Cell, line: RgbImage, posteriors: Posteriors): CellReading {
  const left = cell.frame[0].x;
  const width = cell.frame[1].x - left;
  const read = decodeGreedy(restrict(posteriors, cell.alphabet));
  const glyphs = cell.hasColon ? dropColon(read, left, width) : read;
  const fontSize = (cell.fontSize * LINE_HEIGHT) / (cell.frame[3].y - cell.frame[0].y);
  const printed = glyphs.filter((glyph) => glyph.character !== ' ');
  return {
    key: cell.key,
    text: joinWithSpaces(line, glyphs, fontSize),
    confidence: printed.reduce((low, glyph) => Math.min(low, glyph.confidence), printed.length > 0 ? 1 : 0),
    quad: cell.quad,
    looks: [],
  };
}

/** Removes the colon in front of a value, and whatever was read in its place. */
function dropColon(glyphs: Glyph[], left: number, width: number): Glyph[] {
  const start = glyphs.findIndex((glyph) => {
    const x = left + glyph.position * width;
    return !(x < VALUE_X - 1 || (x < VALUE_X + 4 && /[:;., ]/.test(glyph.character)));
  });
  return start < 0 ? [] : glyphs.slice(start);
}
