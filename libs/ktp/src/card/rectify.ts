import {
  fitHomography,
  invert,
  project,
  type Correspondence,
  type Homography,
} from '../geometry/homography.js';
import { FIRST_ROW_Y, HEADER, ISSUE, NIK_ROW, ROW_PITCH } from './layout.js';
import type { Label } from './labels.js';
import type { LineBox } from './line-boxes.js';

/** A label found in the picture. */
export interface FoundLabel {
  readonly label: Label;
  readonly box: LineBox;
}

/** Where the card lies in the picture. */
export interface CardPose {
  /** Picture → card frame. */
  readonly toCard: Homography;
  /** Card frame → picture. */
  readonly toPicture: Homography;
  /** Rows that the second line of the address pushes everything below it down by: 0 or 1. */
  readonly extraRows: number;
  /** Mean distance of the labels from where they belong, in units of the card's frame. */
  readonly residual: number;
}

/** Fewer labels do not pin down the card. */
export const MIN_LABELS = 4;
/** A detected box begins this share of its height before its first letter. */
const BOX_MARGIN = 0.16;
/** Further points than this from their place, in units of the card's frame, do not take part in the fit. */
const OUTLIER = 9;

/**
 * The card's pose from its labels, then refined with header, NIK, issue text and the run of the value rows.
 *
 * @returns the pose, or `undefined` when the labels do not fit the card
 */
export function findPose(found: readonly FoundLabel[], boxes: readonly LineBox[]): CardPose | undefined {
  let best: CardPose | undefined;
  for (const extraRows of [0, 1]) {
    const pose = fitPose(found, boxes, extraRows);
    if (pose && (!best || pose.residual < best.residual - 0.05)) best = pose;
  }
  return best;
}

function fitPose(
  found: readonly FoundLabel[],
  boxes: readonly LineBox[],
  extraRows: number,
): CardPose | undefined {
  let labels = labelPoints(found, extraRows);
  const nik = found.find(({ label }) => label.key === 'nik');
  const nikDigits = nik && longBoxBeside(nik.box, boxes);
  const anchors: Correspondence[] = [
    ...(nikDigits ? [{ from: inset(nikDigits, 'right'), to: { x: NIK_ROW.right, y: NIK_ROW.y } }] : []),
    ...runsToTheRight(found, boxes, extraRows),
  ];
  let toCard = fitHomography([...labels, ...anchors]) ?? affine(labels);
  for (let round = 0; round < 3 && toCard; round++) {
    const current: Homography = toCard;
    labels = dropWorst(labels, current);
    if (labels.length < MIN_LABELS) return undefined;
    toCard = fitHomography([...labels, ...anchors, ...secondary(current, boxes, extraRows)]) ?? current;
  }
  const toPicture = toCard && invert(toCard);
  if (!toCard || !toPicture) return undefined;
  const map: Homography = toCard;
  const all = labelPoints(found, extraRows);
  const residual = all.reduce((sum, point) => sum + Math.min(OUTLIER * 2, miss(point, map)), 0) / all.length;
  return residual < OUTLIER ? { toCard, toPicture, extraRows, residual } : undefined;
}

function labelPoints(found: readonly FoundLabel[], extraRows: number): Correspondence[] {
  return found.map(({ label, box }) => ({
    from: inset(box, 'left'),
    to: { x: label.x, y: label.y + (belowAddress(label) ? extraRows * ROW_PITCH : 0) },
  }));
}

/** Whether a second address line pushes this label down. */
export function belowAddress(label: Label): boolean {
  return label.y > FIRST_ROW_Y + 3.5 * ROW_PITCH;
}

function inset(box: LineBox, side: 'left' | 'right'): { x: number; y: number } {
  const [from, to] = side === 'left' ? [box.left, box.right] : [box.right, box.left];
  const share = (BOX_MARGIN * box.height) / Math.max(1, box.width);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/** The box to the right of a label on its row, when it is long enough to be the NIK's digits. */
function longBoxBeside(label: LineBox, boxes: readonly LineBox[]): LineBox | undefined {
  return boxes.find((box) => box.width > 6 * box.height && offset(label, box) < 0.7 && ahead(label, box) > 0);
}

/** Right ends of long boxes beside labels: their height is known, their place along the row is not. */
function runsToTheRight(
  found: readonly FoundLabel[],
  boxes: readonly LineBox[],
  extraRows: number,
): Correspondence[] {
  return found.flatMap(({ label, box }) => {
    const y = label.y + (belowAddress(label) ? extraRows * ROW_PITCH : 0);
    return boxes
      .filter((other) => other !== box && offset(box, other) < 0.5 && ahead(box, other) > 0)
      .map((other) => ({ from: other.right, to: { y }, weight: 0.5 }));
  });
}

/** Points that only make sense once the pose is roughly known. */
function secondary(toCard: Homography, boxes: readonly LineBox[], extraRows: number): Correspondence[] {
  const issue = issueLines(toCard, boxes);
  return boxes.flatMap((box): Correspondence[] => {
    const centre = project(toCard, box.centre);
    const near = (x: number, y: number) => Math.abs(centre.x - x) < 25 && Math.abs(centre.y - y) < 9;
    for (const y of [HEADER.provinceY, HEADER.regencyY]) {
      if (near(HEADER.x, y)) return [{ from: box.centre, to: { x: HEADER.x, y }, weight: 0.7 }];
    }
    const line = issue.indexOf(box);
    if (line >= 0) {
      const y = line === 0 ? ISSUE.placeY : ISSUE.dateY;
      return [{ from: box.centre, to: { x: ISSUE.x, y }, weight: 0.7 }];
    }
    const right = project(toCard, box.right);
    const row = Math.round((right.y - FIRST_ROW_Y) / ROW_PITCH);
    const y = FIRST_ROW_Y + row * ROW_PITCH;
    const inValues = right.x > 230 && right.x < 500 && row >= 0 && row < 12 + extraRows;
    return inValues && Math.abs(right.y - y) < 5 ? [{ from: box.right, to: { y }, weight: 0.5 }] : [];
  });
}

/** Place and date of issue: the two lines below the photo, or none when it is not clear which is which. */
export function issueLines(toCard: Homography, boxes: readonly LineBox[]): LineBox[] {
  const below = boxes
    .map((box) => ({ box, at: project(toCard, box.centre) }))
    .filter(({ at }) => Math.abs(at.x - ISSUE.x) < 45 && at.y > ISSUE.placeY - 30 && at.y < ISSUE.dateY + 22)
    .sort((a, b) => a.at.y - b.at.y);
  return below.length === 2 ? below.map(({ box }) => box) : [];
}

function dropWorst(points: Correspondence[], toCard: Homography): Correspondence[] {
  return points.filter((point) => miss(point, toCard) < OUTLIER);
}

function miss({ from, to }: Correspondence, toCard: Homography): number {
  const at = project(toCard, from);
  return Math.hypot(at.x - (to.x ?? at.x), at.y - (to.y ?? at.y));
}

/** Rotation, scale and shift only, from two coordinates a point: for cards of which little was found. */
function affine(points: readonly Correspondence[]): Homography | undefined {
  const first = points.at(0);
  const last = points.at(-1);
  if (!first || !last || first === last) return undefined;
  const dx = last.from.x - first.from.x;
  const dy = last.from.y - first.from.y;
  const tx = (last.to.x ?? 0) - (first.to.x ?? 0);
  const ty = (last.to.y ?? 0) - (first.to.y ?? 0);
  const square = dx * dx + dy * dy;
  if (square === 0) return undefined;
  const cos = (tx * dx + ty * dy) / square;
  const sin = (ty * dx - tx * dy) / square;
  const x = (first.to.x ?? 0) - cos * first.from.x + sin * first.from.y;
  const y = (first.to.y ?? 0) - sin * first.from.x - cos * first.from.y;
  return [cos, -sin, x, sin, cos, y, 0, 0, 1];
}

/** Distance of `box`'s centre from the line through `label`, in heights of the label. */
export function offset(label: LineBox, box: LineBox): number {
  const ux = (label.right.x - label.left.x) / label.width;
  const uy = (label.right.y - label.left.y) / label.width;
  const across = (box.left.x - label.left.x) * -uy + (box.left.y - label.left.y) * ux;
  return Math.abs(across) / label.height;
}

/** How far `box` begins after the end of `label`, along the label, pixels; negative when it does not. */
export function ahead(label: LineBox, box: LineBox): number {
  const ux = (label.right.x - label.left.x) / label.width;
  const uy = (label.right.y - label.left.y) / label.width;
  return (box.left.x - label.right.x) * ux + (box.left.y - label.right.y) * uy;
}
