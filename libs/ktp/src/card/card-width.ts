import { project, type Homography } from '../geometry/homography.js';
import { CARD_HEIGHT, CARD_WIDTH } from './layout.js';

/** Width of the card in the picture, pixels, along its middle. */
export function cardWidth(toPicture: Homography): number {
  const y = CARD_HEIGHT / 2;
  const left = project(toPicture, { x: 0, y });
  const right = project(toPicture, { x: CARD_WIDTH, y });
  return Math.hypot(right.x - left.x, right.y - left.y);
}
