import { describe, expect, it } from 'vitest';
import { compose, invert, type Homography } from '../geometry/homography.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import { warp } from '../imaging/warp.js';
import { CARD_HEIGHT, CARD_WIDTH } from './layout.js';
import { straighten } from './straighten.js';

/** A card in its own frame: levels that rise to the right, downwards and both ways. */
function card(): RgbImage {
  const data = new Uint8Array(CARD_WIDTH * CARD_HEIGHT * 3);
  for (let y = 0, at = 0; y < CARD_HEIGHT; y++) {
    for (let x = 0; x < CARD_WIDTH; x++, at += 3) {
      data.set(
        [(x / CARD_WIDTH) * 255, (y / CARD_HEIGHT) * 255, ((x + y) / (CARD_WIDTH + CARD_HEIGHT)) * 255],
        at,
      );
    }
  }
  return { width: CARD_WIDTH, height: CARD_HEIGHT, data };
}

function photograph(toPicture: Homography, width: number, height: number): RgbImage {
  const toFrame = invert(toPicture);
  if (!toFrame) throw new Error('the map cannot be turned round');
  return warp(card(), toFrame, width, height);
}

/** Levels at a place of the card, both as shares of it. */
function levelsAt({ width, height, data }: RgbImage, x: number, y: number): number[] {
  const margin = 14;
  const column = Math.round(((x * CARD_WIDTH + margin) / (CARD_WIDTH + 2 * margin)) * width);
  const row = Math.round(((y * CARD_HEIGHT + margin) / (CARD_HEIGHT + 2 * margin)) * height);
  return [...data.subarray((row * width + column) * 3, (row * width + column) * 3 + 3)];
}

const turned = (angle: number): Homography => {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return compose(
    [1, 0, 600, 0, 1, 500, 0, 0, 1],
    compose([cos, -sin, 0, sin, cos, 0, 0, 0, 1], [1, 0, -343, 0, 1, -223, 0, 0, 1]),
  );
};

describe('straighten', () => {
  it.each([
    ['a little turned', turned(0.2)],
    ['upside down', turned(Math.PI)],
    ['on its side', turned(-Math.PI / 2)],
    ['seen from the side', compose([1, 0.1, 150, -0.05, 1, 200, 0.0002, 0.0001, 1], turned(0))],
  ])('shows a card that is %s upright and without perspective', async (_, toPicture) => {
    const straight = await straighten(photograph(toPicture, 1300, 1000), toPicture);
    for (const [x, y] of [
      [0.1, 0.1],
      [0.9, 0.1],
      [0.5, 0.5],
      [0.1, 0.9],
      [0.9, 0.9],
    ] as const) {
      const both = (x * CARD_WIDTH + y * CARD_HEIGHT) / (CARD_WIDTH + CARD_HEIGHT);
      for (const [channel, share] of [x, y, both].entries()) {
        expect(Math.abs((levelsAt(straight, x, y)[channel] ?? NaN) - share * 255)).toBeLessThan(4);
      }
    }
  });

  it('is as large as in the picture, and 1024 pixels wide at most', async () => {
    const scaled = (factor: number): Homography => [factor, 0, 0, 0, factor, 0, 0, 0, 1];
    expect(await straighten(photograph(scaled(0.8), 600, 400), scaled(0.8))).toMatchObject({
      width: 571,
      height: 380,
    });
    expect(await straighten(photograph(scaled(4), 2800, 1800), scaled(4))).toMatchObject({
      width: 1024,
      height: 681,
    });
  });

  it('averages what is finer than its pixels', async () => {
    const [width, height] = [2744, 1788];
    const data = new Uint8Array(width * height * 3);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 3)
        data.fill(((x >> 1) + (y >> 1)) % 2 === 0 ? 255 : 0, at, at + 3);
    }
    const straight = await straighten({ width, height, data }, [4, 0, 0, 0, 4, 0, 0, 0, 1]);
    const levels = [0.2, 0.4, 0.6, 0.8].map((share) => levelsAt(straight, share, share)[0] ?? 0);
    for (const level of levels) expect(Math.abs(level - 127)).toBeLessThan(40);
  });

  it('stops when the caller does', async () => {
    const stopped = straighten(card(), [1, 0, 0, 0, 1, 0, 0, 0, 1], AbortSignal.abort(new Error('enough')));
    await expect(stopped).rejects.toThrow('enough');
  });
});
