import type { RefusalReason } from '../errors.js';
import type { KtpWarning } from '../fields/warning.js';
import type { PictureMeasures } from './measure.js';

/** What reading the picture showed. */
export interface ReadingSummary {
  /** Whether the card's labels gave its place. */
  readonly posed: boolean;
  /** Values of the card that were read, of those every card has. */
  readonly fieldsRead: number;
  /** The NIK was read with 16 digits and without doubt. */
  readonly nikCertain: boolean;
  /** Median height of the text lines, pixels; 0 without lines. */
  readonly lineHeight: number;
  /** Lines that only an identity card has, counted when it could not be placed. */
  readonly evidence: number;
  /** Number of values that every card has. */
  readonly fieldsExpected: number;
}

/** Thresholds of the quality gate. They were set on generated cards; see the README for what they mean there. */
export const QUALITY_LIMITS = {
  /** Paper darker than this: nothing else can be judged. */
  darkPaper: 45,
  /** Paper darker than this is remarked on. */
  dimPaper: 90,
  /** Cards narrower than this, in pixels, are not read reliably. */
  minCardWidth: 520,
  /** The same limit seen from the height of a text line, for pictures without a pose. */
  minLineHeight: 16,
  /** Edges softer than this are out of focus. */
  blurredSharpness: 0.4,
  /** More burnt-out area than this hides text. */
  glareShare: 0.03,
  /** So much of it hides text in any case, also where what is left of a line still looks like a value. */
  maxBurnt: 0.1,
  /** Share of the card that may lie outside the picture (its rim is empty). */
  maxOutside: 0.05,
  /** Less colour than this is a photocopy. */
  photocopyColour: 9,
  /** Lines of an identity card that tell it from other documents. */
  minEvidence: 2,
} as const;

/** Why the picture must be refused, or `undefined`. Physical reasons come first: they explain the later ones. */
export function refusal(picture: PictureMeasures, reading: ReadingSummary): RefusalReason | undefined {
  const limits = QUALITY_LIMITS;
  const incomplete = reading.fieldsRead < reading.fieldsExpected || !reading.nikCertain;
  if (picture.paper < limits.darkPaper) return 'too_dark';
  const someCard = reading.posed || reading.evidence > 0;
  if (someCard && picture.burnt > (incomplete ? limits.glareShare * 2 : limits.maxBurnt)) return 'glare';
  if (!reading.posed) {
    if (picture.sharpness < limits.blurredSharpness) return 'blurred';
    if (reading.lineHeight > 0 && reading.lineHeight < limits.minLineHeight) return 'too_small';
    if (reading.evidence < limits.minEvidence) return 'not_a_ktp';
    return picture.burnt > limits.glareShare ? 'glare' : 'cropped';
  }
  if ((picture.cardWidth ?? 0) < limits.minCardWidth) return 'too_small';
  if ((picture.outside ?? 0) > limits.maxOutside) return 'cropped';
  if (picture.sharpness < limits.blurredSharpness && incomplete) return 'blurred';
  if (picture.burnt > limits.glareShare && reading.fieldsRead < reading.fieldsExpected) return 'glare';
  return undefined;
}

/** Remarks on a picture that can be read but could be better. */
export function pictureWarnings(picture: PictureMeasures): KtpWarning[] {
  const limits = QUALITY_LIMITS;
  const found: [boolean, KtpWarning['code'], string][] = [
    [
      picture.colour < limits.photocopyColour,
      'photocopy',
      'The picture has no colour: it looks like a photocopy.',
    ],
    [picture.sharpness < limits.blurredSharpness, 'blurred', 'The picture is slightly blurred.'],
    [picture.burnt > limits.glareShare, 'glare', 'Light reflections cover part of the card.'],
    [picture.paper < limits.dimPaper, 'too_dark', 'The picture is rather dark.'],
    [
      (picture.outside ?? 0) > limits.maxOutside / 2,
      'cropped',
      'The rim of the card lies outside the picture.',
    ],
  ];
  return found.flatMap(([applies, code, message]) =>
    applies ? [{ code, severity: 'warning' as const, field: null, message }] : [],
  );
}
