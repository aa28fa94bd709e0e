import { project } from '../geometry/homography.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import { cardWidth } from '../card/card-width.js';
import { CARD_HEIGHT, CARD_WIDTH } from '../card/layout.js';
import type { CardPose } from '../card/rectify.js';

/** What the picture itself shows, whatever was read. */
export interface PictureMeasures {
  /** Level that a quarter of the pixels exceed, 0-255: the paper in a usable picture. */
  readonly paper: number;
  /**
   * Steepest change over four pixels as a share of the whole range of levels, about `[0, 1]`: near 1 when edges
   * are sharp, below 0.5 when they are spread over many pixels.
   */
  readonly sharpness: number;
  /** Share of burnt-out pixels. */
  readonly burnt: number;
  /** Mean distance between the strongest and the weakest channel, levels: near 0 without colour. */
  readonly colour: number;
  /** Width of the card in pixels; `undefined` without a pose. */
  readonly cardWidth: number | undefined;
  /** Share of the card that lies outside the picture; `undefined` without a pose. */
  readonly outside: number | undefined;
}

/** Every channel at least this: nothing can be seen there. */
const BURNT_LEVEL = 250;
/** Pixels looked at, about; more do not change the shares. */
const SAMPLES = 60_000;
/** Distance in pixels over which an edge is measured. */
const EDGE_REACH = 2;

/** Measures the card where its pose is known, else the whole picture. */
export function measurePicture(image: RgbImage, pose: CardPose | undefined): PictureMeasures {
  const { width, height, data } = image;
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / SAMPLES)));
  const capacity = Math.ceil(width / step) * Math.ceil(height / step);
  const luminance = new Float64Array(capacity);
  const edges = new Float64Array(capacity);
  let samples = 0;
  let burnt = 0;
  let colour = 0;
  for (let y = 1; y < height - 1; y += step) {
    for (let x = 1 + EDGE_REACH; x < width - 1 - EDGE_REACH; x += step) {
      if (pose && !onCard(pose, x, y)) continue;
      const at = (y * width + x) * 3;
      const r = data[at] ?? 0;
      const g = data[at + 1] ?? 0;
      const b = data[at + 2] ?? 0;
      const weakest = Math.min(r, g, b);
      luminance[samples] = r * 0.3 + g * 0.59 + b * 0.11;
      edges[samples] = Math.abs(smooth(image, x + EDGE_REACH, y) - smooth(image, x - EDGE_REACH, y));
      if (weakest >= BURNT_LEVEL) burnt++;
      colour += Math.max(r, g, b) - weakest;
      samples++;
    }
  }
  const levels = luminance.subarray(0, samples).sort();
  const changes = edges.subarray(0, samples).sort();
  const share = (values: Float64Array, part: number) => values[Math.floor((samples - 1) * part)] ?? 0;
  const range = Math.max(8, share(levels, 0.995) - share(levels, 0.005));
  const count = Math.max(1, samples);
  return {
    paper: share(levels, 0.75),
    sharpness: share(changes, 0.999) / range,
    burnt: burnt / count,
    colour: colour / count,
    ...placement(image, pose),
  };
}

/** Written out, without points: asked for every sample. */
function onCard({ toCard }: CardPose, x: number, y: number): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 1] = toCard;
  const w = g * x + h * y + i;
  const cardX = (a * x + b * y + c) / w;
  const cardY = (d * x + e * y + f) / w;
  return cardX > 0 && cardY > 0 && cardX < CARD_WIDTH && cardY < CARD_HEIGHT;
}

/** Green level averaged over three by three pixels: noise must not pass for sharpness. */
function smooth({ data, width }: RgbImage, x: number, y: number): number {
  let sum = 0;
  for (let row = y - 1; row <= y + 1; row++) {
    const at = (row * width + x - 1) * 3 + 1;
    sum += (data[at] ?? 0) + (data[at + 3] ?? 0) + (data[at + 6] ?? 0);
  }
  return sum / 9;
}

function placement(
  image: RgbImage,
  pose: CardPose | undefined,
): Pick<PictureMeasures, 'cardWidth' | 'outside'> {
  if (!pose) return { cardWidth: undefined, outside: undefined };
  const cells = 20;
  let outside = 0;
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const x = ((column + 0.5) / cells) * CARD_WIDTH;
      const y = ((row + 0.5) / cells) * CARD_HEIGHT;
      const point = project(pose.toPicture, { x, y });
      if (point.x < 0 || point.y < 0 || point.x > image.width || point.y > image.height) outside++;
    }
  }
  return { cardWidth: cardWidth(pose.toPicture), outside: outside / (cells * cells) };
}
