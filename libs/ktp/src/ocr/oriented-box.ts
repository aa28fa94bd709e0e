import type { Point, Quad } from '../geometry/point.js';
import { convexHull } from './convex-hull.js';

/** A rectangle at any angle. */
export interface OrientedBox {
  readonly centre: Point;
  /** Extent along {@link angle}, pixels; never less than `height`. */
  readonly width: number;
  readonly height: number;
  /** Direction of the long side in radians, `(-pi / 2, pi / 2]`, clockwise in an image. */
  readonly angle: number;
}

/** The rectangle of least area around the points: one of its sides lies on a side of the hull (Toussaint 1983). */
export function minimumAreaBox(points: readonly Point[]): OrientedBox | undefined {
  const hull = convexHull(points);
  let best: OrientedBox | undefined;
  for (const [index, a] of hull.entries()) {
    const b = hull[(index + 1) % hull.length];
    if (!b || (a.x === b.x && a.y === b.y)) continue;
    const box = boxAtAngle(hull, Math.atan2(b.y - a.y, b.x - a.x));
    if (!best || box.width * box.height < best.width * best.height) best = box;
  }
  return best && lieDown(best);
}

/** Corners in reading order when text runs along `direction` (radians): the long side need not be the text's. */
export function boxCorners(box: OrientedBox, direction: number): Quad {
  const quarter = Math.round((direction - box.angle) / (Math.PI / 2));
  const angle = box.angle + (quarter * Math.PI) / 2;
  const [width, height] = quarter % 2 === 0 ? [box.width, box.height] : [box.height, box.width];
  const corner = (u: number, v: number): Point => ({
    x: box.centre.x + (u * width * Math.cos(angle) - v * height * Math.sin(angle)) / 2,
    y: box.centre.y + (u * width * Math.sin(angle) + v * height * Math.cos(angle)) / 2,
  });
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

function boxAtAngle(hull: readonly Point[], angle: number): OrientedBox {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let [minU, maxU, minV, maxV] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of hull) {
    const u = x * cos + y * sin;
    const v = y * cos - x * sin;
    minU = Math.min(minU, u);
    maxU = Math.max(maxU, u);
    minV = Math.min(minV, v);
    maxV = Math.max(maxV, v);
  }
  const u = (minU + maxU) / 2;
  const v = (minV + maxV) / 2;
  const centre = { x: u * cos - v * sin, y: u * sin + v * cos };
  return { centre, width: maxU - minU, height: maxV - minV, angle };
}

function lieDown(box: OrientedBox): OrientedBox {
  const swap = box.height > box.width;
  let angle = box.angle + (swap ? Math.PI / 2 : 0);
  while (angle > Math.PI / 2) angle -= Math.PI;
  while (angle <= -Math.PI / 2) angle += Math.PI;
  return swap ? { centre: box.centre, width: box.height, height: box.width, angle } : { ...box, angle };
}
