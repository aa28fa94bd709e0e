import { countEvidence } from '../card/card-evidence.js';
import { toRawFields } from '../card/raw-fields.js';
import { readCard, type CardReading } from '../card/read-card.js';
import { FIELD_NAMES, OPTIONAL_FIELDS } from '../fields/field-names.js';
import { DOUBTFUL_NIK } from '../fields/interpret.js';
import type { RawFields } from '../fields/raw-field.js';
import type { Homography } from '../geometry/homography.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import type { Cancellation } from '../ocr/cancellation.js';
import type { OcrModels } from '../ocr/ocr-models.js';
import type { ReadingSummary } from '../quality/judge.js';
import { measurePicture, type PictureMeasures } from '../quality/measure.js';

/** All that the worker hands back about one picture. */
export interface OcrOutcome {
  readonly fields: RawFields;
  readonly picture: PictureMeasures;
  readonly reading: ReadingSummary;
  /** Card frame → picture; missing when no card was recognised. */
  readonly toPicture: Homography | undefined;
}

const EXPECTED = FIELD_NAMES.filter((name) => !OPTIONAL_FIELDS.has(name));

/** Reads and measures one picture. Pure computation: no files, no logs. */
export async function runOcr(image: RgbImage, models: OcrModels, signal?: Cancellation): Promise<OcrOutcome> {
  const card = await readCard(image, models, signal);
  signal?.throwIfAborted();
  const picture = measurePicture(image, card.pose);
  const fields = toRawFields(card.cells);
  const evidence = card.pose ? 0 : await countEvidence(image, card.lines, models.recogniser, signal);
  return { fields, picture, reading: summarise(card, fields, evidence), toPicture: card.pose?.toPicture };
}

function summarise(card: CardReading, fields: RawFields, evidence: number): ReadingSummary {
  const heights = card.lines.map((line) => line.height).sort((a, b) => a - b);
  const nik = fields.nik;
  return {
    posed: card.pose !== undefined,
    fieldsRead: EXPECTED.filter((name) => fields[name] !== undefined).length,
    fieldsExpected: EXPECTED.length,
    nikCertain: nik?.raw.length === 16 && (nik.confidence ?? 0) >= DOUBTFUL_NIK,
    lineHeight: heights[Math.floor(heights.length / 2)] ?? 0,
    evidence,
  };
}
