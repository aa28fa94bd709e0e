import { setImmediate as nextTurn } from 'node:timers/promises';

import { compose, type Homography } from '../geometry/homography.js';
import { averageBlocks } from '../imaging/resize.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import { warp } from '../imaging/warp.js';
import { cardWidth } from './card-width.js';
import { CARD_HEIGHT, CARD_WIDTH } from './layout.js';

/** Width of what is made at most, pixels: its rows are then 30 pixels apart, and it is 672 tokens of a Qwen3-VL. */
const MOST_WIDE = 1024;
/** Width at least, whatever the pose. */
const LEAST_WIDE = 64;
/** What is shown around the card on each side, in units of its frame: its place is known to a few pixels only. */
const MARGIN = 14;
/** Rows that are made at a time, some milliseconds in which the event loop waits. */
const BAND = 16;
/** Points looked at for a pixel at most, each way. */
const MOST_FINE = 4;

/**
 * The card alone, upright and without perspective, as large as it is in the picture but at most 1024 pixels wide.
 *
 * @param toPicture card frame → picture, as `OcrReader.readRaw` gives it; the frame is 686 wide and 447 high, from the
 *   card's upper left corner
 * @returns packed RGB, the card in the middle of a margin of some 2 %
 * @throws the signal's reason when aborted
 */
export async function straighten(
  image: RgbImage,
  toPicture: Homography,
  signal?: AbortSignal,
): Promise<RgbImage> {
  const [frameWidth, frameHeight] = [CARD_WIDTH + 2 * MARGIN, CARD_HEIGHT + 2 * MARGIN];
  const natural = (cardWidth(toPicture) * frameWidth) / CARD_WIDTH;
  const width = Math.round(Math.min(MOST_WIDE, Math.max(LEAST_WIDE, natural)));
  const height = Math.round((width * frameHeight) / frameWidth);
  // Where the picture has several pixels for one, as many points are averaged: print must not alias.
  const fine = Math.min(MOST_FINE, Math.max(1, Math.round(natural / width)));
  const step = frameWidth / width / fine;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += BAND) {
    const rows = Math.min(BAND, height - row);
    const toFrame = [step, 0, -MARGIN, 0, step, row * fine * step - MARGIN, 0, 0, 1];
    const band = warp(image, compose(toPicture, toFrame), width * fine, rows * fine);
    data.set(fine > 1 ? averageBlocks(band, fine).data : band.data, row * width * 3);
    await nextTurn();
    signal?.throwIfAborted();
  }
  return { width, height, data };
}
