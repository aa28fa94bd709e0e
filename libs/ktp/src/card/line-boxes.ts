import { boxCorners, type OrientedBox } from '../ocr/oriented-box.js';
import { midpoint, type Point, type Quad } from '../geometry/point.js';

/** A text line of the picture with its corners in reading order. */
export interface LineBox {
  readonly quad: Quad;
  readonly left: Point;
  readonly right: Point;
  readonly centre: Point;
  readonly width: number;
  readonly height: number;
}

/** From this aspect ratio on, a box shows reliably which way its text runs. */
const LONG = 3;
/** Boxes turned further against the dominant direction are not rows of the card (the print across the photo). */
const MAX_TURN = 0.26;

/**
 * The direction, in radians within `(-pi / 2, pi / 2]`, in which most text runs: boxes vote with their length.
 * Returns 0 without boxes.
 */
export function dominantDirection(boxes: readonly OrientedBox[]): number {
  const long = boxes.filter((box) => box.width > LONG * box.height);
  const voters = long.length > 0 ? long : boxes;
  let best = 0;
  let bestVotes = 0;
  for (const candidate of voters) {
    const near = voters.filter((box) => turnBetween(box.angle, candidate.angle) < 0.12);
    const votes = near.reduce((sum, box) => sum + box.width, 0);
    if (votes > bestVotes) {
      bestVotes = votes;
      const turn = near.reduce((sum, box) => sum + box.width * signedTurn(box.angle, candidate.angle), 0);
      best = candidate.angle + turn / votes;
    }
  }
  return best;
}

/** Boxes that run along `direction`, with corners in reading order. */
export function orientBoxes(boxes: readonly OrientedBox[], direction: number): LineBox[] {
  const long = boxes.filter(
    (box) => box.width > LONG * box.height && turnBetween(box.angle, direction) < MAX_TURN,
  );
  return boxes.flatMap((box) => {
    const own = box.width > LONG * box.height;
    if (own && turnBetween(box.angle, direction) >= MAX_TURN) return [];
    const angle = own ? direction + signedTurn(box.angle, direction) : localDirection(box, long, direction);
    return [describe(boxCorners(box, angle))];
  });
}

function describe(quad: Quad): LineBox {
  const left = midpoint(quad[0], quad[3]);
  const right = midpoint(quad[1], quad[2]);
  const top = midpoint(quad[0], quad[1]);
  const bottom = midpoint(quad[3], quad[2]);
  return {
    quad,
    left,
    right,
    centre: midpoint(left, right),
    width: Math.hypot(right.x - left.x, right.y - left.y),
    height: Math.hypot(bottom.x - top.x, bottom.y - top.y),
  };
}

/** Direction of the long boxes nearby: perspective turns text differently in different corners. */
function localDirection(box: OrientedBox, long: readonly OrientedBox[], direction: number): number {
  let weights = 0;
  let turns = 0;
  for (const other of long) {
    const gap = Math.hypot(other.centre.x - box.centre.x, other.centre.y - box.centre.y);
    const weight = other.width / (1 + (gap / box.height) ** 2);
    weights += weight;
    turns += weight * signedTurn(other.angle, direction);
  }
  return weights > 0 ? direction + turns / weights : direction;
}

/** Angle between two undirected lines, `[0, pi / 2]`. */
function turnBetween(a: number, b: number): number {
  return Math.abs(signedTurn(a, b));
}

/** Smallest turn that brings line `b` onto line `a`, `(-pi / 2, pi / 2]`. */
function signedTurn(a: number, b: number): number {
  const turn = (a - b) % Math.PI;
  if (turn > Math.PI / 2) return turn - Math.PI;
  return turn <= -Math.PI / 2 ? turn + Math.PI : turn;
}
