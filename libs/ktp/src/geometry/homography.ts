import { solveLinearSystem } from './linear-system.js';
import type { Point } from './point.js';

/** A projective map of the plane: 9 numbers, `[3, 3]` row by row, the last one 1. */
export type Homography = readonly number[];

/** What is known of where a point must land. A missing coordinate is free: a point known to lie on a line. */
export interface Correspondence {
  readonly from: Point;
  readonly to: { readonly x?: number | undefined; readonly y?: number | undefined };
  /** Relative trust; 1 by default. */
  readonly weight?: number | undefined;
}

/** How far the linear part is held towards a map without perspective; grows with noise in the points. */
const PERSPECTIVE_DAMPING = 1e-9;

/**
 * Least-squares homography through correspondences (direct linear transform with the last element fixed to 1,
 * Hartley and Zisserman, Multiple View Geometry, section 4.1). Each known coordinate is one equation, so points
 * of which only the line is known help as well.
 *
 * @returns the map, or `undefined` when the points do not determine one (fewer than 8 known coordinates, or degenerate)
 */
export function fitHomography(points: readonly Correspondence[]): Homography | undefined {
  const scale = normaliser(points.map((point) => point.from));
  const normal = Array.from({ length: 8 }, () => new Array<number>(8).fill(0));
  const right = new Array<number>(8).fill(0);
  let equations = 0;
  const add = (row: readonly number[], value: number, weight: number) => {
    equations++;
    for (let i = 0; i < 8; i++) {
      const left = normal[i];
      if (!left) continue;
      for (let j = 0; j < 8; j++) left[j] = (left[j] ?? 0) + weight * (row[i] ?? 0) * (row[j] ?? 0);
      right[i] = (right[i] ?? 0) + weight * (row[i] ?? 0) * value;
    }
  };
  for (const { from, to, weight = 1 } of points) {
    const x = (from.x - scale.x) * scale.factor;
    const y = (from.y - scale.y) * scale.factor;
    if (to.x !== undefined) add([x, y, 1, 0, 0, 0, -x * to.x, -y * to.x], to.x, weight);
    if (to.y !== undefined) add([0, 0, 0, x, y, 1, -x * to.y, -y * to.y], to.y, weight);
  }
  if (equations < 8) return undefined;
  for (const i of [6, 7]) {
    const row = normal[i];
    if (row) row[i] = (row[i] ?? 0) * (1 + PERSPECTIVE_DAMPING) + PERSPECTIVE_DAMPING;
  }
  const h = solveLinearSystem(normal, right);
  if (!h?.every(Number.isFinite)) return undefined;
  const shift = [scale.factor, 0, -scale.x * scale.factor, 0, scale.factor, -scale.y * scale.factor, 0, 0, 1];
  return compose([...h, 1], shift);
}

/** Where the map sends a point. */
export function project(h: Homography, point: Point): Point {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, i = 0, j = 1] = h;
  const w = g * point.x + i * point.y + j;
  return { x: (a * point.x + b * point.y + c) / w, y: (d * point.x + e * point.y + f) / w };
}

/** The map back, or `undefined` when there is none. */
export function invert(m: Homography): Homography | undefined {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = m;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const last = a * e - b * d;
  if (Math.abs(determinant) < 1e-18 || Math.abs(last) < 1e-18) return undefined;
  const adjugate = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    last,
  ];
  return adjugate.map((value) => value / last);
}

/** First `inner`, then `outer`. */
export function compose(outer: Homography, inner: Homography): Homography {
  const product = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) =>
      [0, 1, 2].reduce((sum, k) => sum + (outer[row * 3 + k] ?? 0) * (inner[k * 3 + column] ?? 0), 0),
    ),
  );
  const last = product[8] ?? 1;
  return product.map((value) => value / last);
}

/** Centre and factor that bring points near the unit square, for a well-conditioned system. */
function normaliser(points: readonly Point[]): Point & { factor: number } {
  const x = points.reduce((sum, point) => sum + point.x, 0) / Math.max(1, points.length);
  const y = points.reduce((sum, point) => sum + point.y, 0) / Math.max(1, points.length);
  const spread = points.reduce((sum, point) => sum + Math.hypot(point.x - x, point.y - y), 0);
  return { x, y, factor: spread > 0 ? points.length / spread : 1 };
}
