import type { Random } from './random.js';

export const LEVELS = ['clean', 'mild', 'hard', 'extra-hard'] as const;
export type Level = (typeof LEVELS)[number];

/** Why a card of level extra-hard cannot be read: the answer that a reader owes. */
export const DEFECTS = ['too_small', 'blurred', 'glare', 'too_dark', 'cropped', 'not_a_ktp'] as const;
export type Defect = (typeof DEFECTS)[number];

/** How one picture of a card is taken. */
export interface Capture {
  /** Width of the card in the picture, pixels. */
  readonly cardWidth: number;
  /** Background around the card as a share of its width. */
  readonly margin: number;
  /** Degrees, clockwise. */
  readonly tilt: number;
  /** Quarter turns clockwise on top of the tilt. */
  readonly quarterTurns: number;
  /** How far each corner is moved, as a share of the card's width. */
  readonly perspective: number;
  /** Deviation of the Gaussian blur in pixels of the picture. */
  readonly blur: number;
  /** Deviation of the sensor noise in levels of 255. */
  readonly noise: number;
  /** Factor on all levels; 1 leaves them. */
  readonly exposure: number;
  /** Darkest factor of a soft shadow across the card; 1 is none. */
  readonly shadow: number;
  /** Strength of the light reflexes, 0-1; 1 burns out to white. */
  readonly glare: number;
  /** Radius of each reflex as a share of the card's width. */
  readonly glareRadius: number;
  readonly glareCount: number;
  /** Share of the card's width that lies outside the picture on one side. */
  readonly crop: number;
  /** JPEG quality, 1-100. */
  readonly quality: number;
}

/** Draws the circumstances for a level. */
export function chooseCapture(level: Level, random: Random, defect?: Defect): Capture {
  switch (level) {
    case 'clean':
      return {
        ...CALM,
        cardWidth: random.between(1000, 1400),
        margin: 0.01,
        quality: random.integer(90, 95),
      };
    case 'mild':
      return {
        ...CALM,
        cardWidth: random.between(820, 1250),
        margin: random.between(0.03, 0.15),
        tilt: random.between(-3, 3),
        perspective: random.between(0, 0.02),
        blur: random.between(0.2, 0.8),
        noise: random.between(1, 4),
        exposure: random.between(0.88, 1.1),
        shadow: random.between(0.85, 1),
        quality: random.integer(78, 92),
      };
    case 'hard':
      return hard(random);
    case 'extra-hard':
      return { ...hard(random), glare: 0, ...spoil(defect ?? 'blurred', random) };
  }
}

const CALM: Capture = {
  cardWidth: 1000,
  margin: 0.01,
  tilt: 0,
  quarterTurns: 0,
  perspective: 0,
  blur: 0,
  noise: 0,
  exposure: 1,
  shadow: 1,
  glare: 0,
  glareRadius: 0,
  glareCount: 0,
  crop: 0,
  quality: 92,
};

function hard(random: Random): Capture {
  return {
    ...CALM,
    cardWidth: random.between(740, 1100),
    margin: random.between(0.05, 0.3),
    tilt: random.between(-15, 15),
    quarterTurns: random.chance(0.3) ? random.pick([1, 2, 2, 3]) : 0,
    perspective: random.between(0, 0.05),
    blur: random.between(0.5, 1.4),
    noise: random.between(3, 9),
    exposure: random.between(0.7, 1.15),
    shadow: random.between(0.6, 1),
    glare: random.chance(0.5) ? random.between(0.2, 0.55) : 0,
    glareRadius: random.between(0.06, 0.14),
    glareCount: 1,
    quality: random.integer(50, 80),
  };
}

function spoil(defect: Defect, random: Random): Partial<Capture> {
  switch (defect) {
    case 'too_small':
      return { cardWidth: random.between(220, 420), blur: random.between(0.4, 0.8), quality: 80 };
    case 'blurred':
      return { blur: random.between(3.5, 7), cardWidth: random.between(800, 1100) };
    case 'glare':
      return {
        glare: 1,
        glareRadius: random.between(0.2, 0.3),
        glareCount: random.integer(2, 3),
        exposure: 1,
      };
    case 'too_dark':
      return { exposure: random.between(0.04, 0.1), noise: random.between(5, 9) };
    case 'cropped':
      return { crop: random.between(0.12, 0.4), margin: 0.06, tilt: random.between(-5, 5) };
    case 'not_a_ktp':
      return {};
  }
}
