import { project } from '../geometry/homography.js';
import type { Point, Quad } from '../geometry/point.js';
import { DIGITS_ONLY, LETTERS, NUMBERS, PRINT, type FieldAlphabet } from '../ocr/confusions.js';
import { COLON_X, FIRST_ROW_Y, HEADER, ISSUE, PHOTO_X, ROW_PITCH } from './layout.js';
import { LABELS, type LabelKey } from './labels.js';
import type { LineBox } from './line-boxes.js';
import { belowAddress, issueLines, type CardPose, type FoundLabel } from './rectify.js';

/** A place on the card that holds one value. */
export type CellKey =
  LabelKey | 'provinsi' | 'kab_kota' | 'alamat_2' | 'gol_darah' | 'tempat_terbit' | 'tanggal_terbit';

/** A cell found on a card, ready to be cut out. */
export interface Cell {
  readonly key: CellKey;
  /** Corners in the card's frame, reading order. */
  readonly frame: Quad;
  /** The same corners in the picture. */
  readonly quad: Quad;
  /** Size of the print in units of the card's frame. */
  readonly fontSize: number;
  readonly alphabet: FieldAlphabet;
  /** Whether the cut begins in front of a colon, which is not part of the value. */
  readonly hasColon: boolean;
}

interface Slot {
  readonly key: CellKey;
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly height: number;
  readonly fontSize: number;
  readonly alphabet: FieldAlphabet;
}

const ROW_HEIGHT = 21;
const ROW_FONT = 16.2;
/** The cut begins in front of the colon: a colon in full is easier to drop than half of one. */
const VALUE_LEFT = COLON_X - 5;
/** White kept to the right of the last letter. */
const PADDING = 5;
/** Left edge of the label `Gol. Darah` at the end of its row. */
const BLOOD_LEFT = 368;

/** What is expected where, the found labels' own heights taken before the prior. */
function slots(pose: CardPose, found: readonly FoundLabel[], boxes: readonly LineBox[]): Slot[] {
  const issue = issueLines(pose.toCard, boxes).map((box) => project(pose.toCard, box.centre).y);
  const row = (
    key: CellKey,
    y: number,
    alphabet: FieldAlphabet,
    left = VALUE_LEFT,
    right = PHOTO_X,
  ): Slot => ({
    key,
    left,
    right,
    y,
    height: ROW_HEIGHT,
    fontSize: ROW_FONT,
    alphabet,
  });
  const labelled = LABELS.flatMap((label): Slot[] => {
    const seen = found.find((other) => other.label.key === label.key);
    const prior = label.y + (belowAddress(label) ? pose.extraRows * ROW_PITCH : 0);
    const measured = seen ? project(pose.toCard, seen.box.left).y : prior;
    const y = Math.abs(measured - prior) < ROW_PITCH / 2 ? measured : prior;
    if (label.key === 'nik') {
      return [{ key: 'nik', left: 170, right: 494, y, height: 28, fontSize: 27, alphabet: DIGITS_ONLY }];
    }
    if (label.key === 'jenis_kelamin') {
      return [row(label.key, y, LETTERS, VALUE_LEFT, BLOOD_LEFT), row('gol_darah', y, PRINT, BLOOD_LEFT)];
    }
    return [row(label.key, y, ALPHABETS[label.key] ?? PRINT)];
  });
  const second = row('alamat_2', FIRST_ROW_Y + 4 * ROW_PITCH, PRINT);
  const centred = (
    key: CellKey,
    x: number,
    y: number,
    half: number,
    height: number,
    alphabet: FieldAlphabet,
  ) => ({
    ...row(key, y, alphabet, x - half, x + half),
    height,
    fontSize: height * 0.79,
  });
  return [
    centred('provinsi', HEADER.x, HEADER.provinceY, 225, 25, LETTERS),
    centred('kab_kota', HEADER.x, HEADER.regencyY, 225, 25, LETTERS),
    ...labelled,
    ...(pose.extraRows > 0 ? [second] : []),
    centred('tempat_terbit', ISSUE.x, issue[0] ?? ISSUE.placeY, 92, 18, LETTERS),
    centred('tanggal_terbit', ISSUE.x, issue[1] ?? ISSUE.dateY, 60, 18, NUMBERS),
  ];
}

const ALPHABETS: Partial<Record<LabelKey, FieldAlphabet>> = {
  nama: LETTERS,
  rt_rw: NUMBERS,
  agama: LETTERS,
  status_perkawinan: LETTERS,
  pekerjaan: LETTERS,
  kewarganegaraan: LETTERS,
};

/** Cuts for all values of which text was detected; height and length follow the detected boxes. */
export function findCells(pose: CardPose, found: readonly FoundLabel[], boxes: readonly LineBox[]): Cell[] {
  const placed = boxes.map((box) => ({
    left: project(pose.toCard, box.left),
    right: project(pose.toCard, box.right),
  }));
  return slots(pose, found, boxes).flatMap((slot) => {
    const reach = Math.min(slot.height, ROW_PITCH) * 0.48;
    const inside = placed.filter(
      ({ left, right }) =>
        Math.abs((left.y + right.y) / 2 - slot.y) < reach &&
        Math.min(right.x, slot.right) - Math.max(left.x, slot.left) > 4,
    );
    return inside.length > 0 ? [cut(slot, inside, pose)] : [];
  });
}

function cut(slot: Slot, inside: readonly { left: Point; right: Point }[], pose: CardPose): Cell {
  const right = Math.min(slot.right, Math.max(...inside.map((box) => box.right.x)) + PADDING);
  const centred = slot.key === 'provinsi' || slot.key === 'kab_kota' || slot.key.includes('terbit');
  const left = centred
    ? Math.max(slot.left, Math.min(...inside.map((box) => box.left.x)) - 2 * PADDING)
    : slot.left;
  const longest = inside.reduce((a, b) => (b.right.x - b.left.x > a.right.x - a.left.x ? b : a));
  const slope = (longest.right.y - longest.left.y) / Math.max(1, longest.right.x - longest.left.x);
  const trusted = longest.right.x - longest.left.x > 60 ? slope : 0;
  const middle = (longest.left.x + longest.right.x) / 2;
  const y = (x: number) => (longest.left.y + longest.right.y) / 2 + trusted * (x - middle);
  const half = slot.height / 2;
  const frame: Quad = [
    { x: left, y: y(left) - half },
    { x: right, y: y(right) - half },
    { x: right, y: y(right) + half },
    { x: left, y: y(left) + half },
  ];
  const [a, b, c, d] = frame;
  const at = (point: Point) => project(pose.toPicture, point);
  const { key, fontSize, alphabet } = slot;
  const hasColon = slot.left === VALUE_LEFT;
  return { key, frame, quad: [at(a), at(b), at(c), at(d)], fontSize, alphabet, hasColon };
}

/** The NIK's cell at another height, for a second look. `factor` 1 is the usual cut. */
export function scaleCell(cell: Cell, factor: number, pose: CardPose): Cell {
  const stretch = (point: Point, other: Point): Point => {
    const middle = (point.y + other.y) / 2;
    return { x: point.x, y: middle + (point.y - middle) * factor };
  };
  const [a, b, c, d] = cell.frame;
  const frame: Quad = [stretch(a, d), stretch(b, c), stretch(c, b), stretch(d, a)];
  const at = (point: Point) => project(pose.toPicture, point);
  return { ...cell, frame, quad: [at(frame[0]), at(frame[1]), at(frame[2]), at(frame[3])] };
}
