import { createCanvas, loadImage } from '@napi-rs/canvas';
import { fitHomography, warp, type Homography, type RgbImage } from '@qwenvl/ktp';

import type { Capture } from './levels.js';
import { addGlare, addNoise, addShadow, blur, scaleLevels } from './light.js';
import type { Random } from './random.js';
import { fromCanvasPixels, toCanvas } from './canvas-pixels.js';

/** Takes a picture of a flat card: placement, optics, light, sensor, JPEG, in the order in which a camera adds them. */
export async function photograph(
  flat: RgbImage,
  capture: Capture,
  random: Random,
): Promise<{ readonly image: RgbImage; readonly jpeg: Uint8Array }> {
  const { width, height, toCard } = place(flat, capture, random);
  const table = [random.integer(60, 190), random.integer(60, 180), random.integer(50, 170)] as const;
  const image = warp(flat, toCard, width, height);
  paintOutside(image, toCard, flat, table, random);
  if (capture.blur > 0) blur(image, capture.blur);
  if (capture.shadow < 1) addShadow(image, capture.shadow, random);
  for (let reflex = 0; capture.glare > 0 && reflex < capture.glareCount; reflex++) {
    addGlare(image, capture, random);
  }
  scaleLevels(image, capture.exposure);
  if (capture.noise > 0) addNoise(image, capture.noise, random);
  const jpeg = await toCanvas(image).encode('jpeg', capture.quality);
  return { image: await decodeJpeg(jpeg), jpeg };
}

async function decodeJpeg(jpeg: Uint8Array): Promise<RgbImage> {
  const picture = await loadImage(jpeg);
  const canvas = createCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0);
  return fromCanvasPixels(
    context.getImageData(0, 0, canvas.width, canvas.height).data,
    canvas.width,
    canvas.height,
  );
}

/** Where the card lies in the picture. */
function place(
  flat: RgbImage,
  capture: Capture,
  random: Random,
): { width: number; height: number; toCard: Homography } {
  const cardWidth = capture.cardWidth;
  const cardHeight = (cardWidth * flat.height) / flat.width;
  const angle = ((capture.tilt + 90 * capture.quarterTurns) * Math.PI) / 180;
  const jitter = () => random.between(-1, 1) * capture.perspective * cardWidth;
  const corners = (
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as const
  ).map(([sx, sy]) => {
    const x = (sx * cardWidth) / 2;
    const y = (sy * cardHeight) / 2;
    return {
      x: x * Math.cos(angle) - y * Math.sin(angle) + jitter(),
      y: x * Math.sin(angle) + y * Math.cos(angle) + jitter(),
    };
  });
  const margin = capture.margin * cardWidth;
  let left = Math.min(...corners.map((corner) => corner.x)) - margin;
  let top = Math.min(...corners.map((corner) => corner.y)) - margin;
  const right = Math.max(...corners.map((corner) => corner.x)) + margin;
  let bottom = Math.max(...corners.map((corner) => corner.y)) + margin;
  const cut = capture.crop * cardWidth + margin;
  if (capture.crop > 0) {
    if (random.chance(0.6)) left += cut;
    else if (random.chance(0.5)) bottom -= cut * 0.8;
    else top += cut * 0.6;
  }
  const width = Math.round(right - left);
  const height = Math.round(bottom - top);
  const target = [
    { x: 0, y: 0 },
    { x: flat.width, y: 0 },
    { x: flat.width, y: flat.height },
    { x: 0, y: flat.height },
  ];
  const toCard = fitHomography(
    corners.flatMap((corner, index) => {
      const to = target[index];
      return to ? [{ from: { x: corner.x - left, y: corner.y - top }, to }] : [];
    }),
  );
  if (!toCard) throw new Error('the corners of the card do not form a quadrilateral');
  return { width, height, toCard };
}

/** A table top with a little grain wherever the card is not. */
function paintOutside(
  image: RgbImage,
  toCard: Homography,
  flat: RgbImage,
  table: readonly [number, number, number],
  random: Random,
): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 1] = toCard;
  for (let y = 0, at = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++, at += 3) {
      const w = g * x + h * y + i;
      const cardX = (a * x + b * y + c) / w;
      const cardY = (d * x + e * y + f) / w;
      if (cardX >= 0 && cardY >= 0 && cardX < flat.width && cardY < flat.height) continue;
      const grain = (random.next() - 0.5) * 14 + 10 * Math.sin((x + y * 0.3) / 23);
      for (let channel = 0; channel < 3; channel++) {
        image.data[at + channel] = Math.min(255, Math.max(0, (table[channel] ?? 0) + grain));
      }
    }
  }
}
