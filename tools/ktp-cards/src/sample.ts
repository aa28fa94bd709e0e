import type { RgbImage } from '@qwenvl/ktp';

import type { Place } from './areas.js';
import { photograph } from './capture.js';
import { drawCard } from './draw-card.js';
import { drawOther } from './draw-other.js';
import { chooseCapture, DEFECTS, type Defect, type Level } from './levels.js';
import { inventPerson, type CardText } from './person.js';
import { deriveSeed, Random } from './random.js';

/** One picture with the truth about it. */
export interface Sample {
  readonly level: Level;
  readonly index: number;
  readonly truth: CardText;
  /** Set at level extra-hard: what spoils the picture. */
  readonly defect: Defect | undefined;
  readonly image: RgbImage;
  readonly jpeg: Uint8Array;
}

/** Pixels to one unit of the card's frame before the picture is taken. */
const DRAWING_SCALE = 2;

/** Sample `index` of a level: depends on the three arguments and the places alone. */
export async function makeSample(
  seed: number,
  level: Level,
  index: number,
  places: readonly Place[],
): Promise<Sample> {
  const random = new Random(deriveSeed(seed, index, level));
  const truth = inventPerson(random, places);
  const defect = level === 'extra-hard' ? DEFECTS[index % DEFECTS.length] : undefined;
  const flat =
    defect === 'not_a_ktp' ? drawOther(random, DRAWING_SCALE) : drawCard(truth, random, DRAWING_SCALE);
  const { image, jpeg } = await photograph(flat, chooseCapture(level, random, defect), random);
  return { level, index, truth, defect, image, jpeg };
}
