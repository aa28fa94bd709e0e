import { fitHomography } from '../geometry/homography.js';
import { distance, type Quad } from '../geometry/point.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import { warp } from '../imaging/warp.js';
import { LINE_HEIGHT } from './text-recogniser.js';

/** Longest line handed to the recogniser, pixels at {@link LINE_HEIGHT}. */
const MAX_WIDTH = 1200;

/** Cuts a quadrilateral out of the image and straightens it to the recogniser's height. */
export function cropLine(image: RgbImage, quad: Quad): RgbImage {
  const length = (distance(quad[0], quad[1]) + distance(quad[3], quad[2])) / 2;
  const height = Math.max(1, (distance(quad[0], quad[3]) + distance(quad[1], quad[2])) / 2);
  const width = Math.min(MAX_WIDTH, Math.max(8, Math.round((length / height) * LINE_HEIGHT)));
  const corners = [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: width, y: LINE_HEIGHT },
    { x: 0, y: LINE_HEIGHT },
  ];
  const toSource = fitHomography(
    corners.flatMap((from, index) => {
      const to = quad[index];
      return to ? [{ from, to }] : [];
    }),
  );
  if (!toSource) return { width: 8, height: LINE_HEIGHT, data: new Uint8Array(8 * LINE_HEIGHT * 3) };
  return warp(image, toSource, width, LINE_HEIGHT);
}
