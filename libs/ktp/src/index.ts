/**
 * Reads Indonesian identity cards (KTP): offline with PP-OCRv4, with a vision-language model, or with both.
 *
 * @example
 * ```ts
 * import { OcrReader } from '@qwenvl/ktp';
 *
 * const reader = new OcrReader();
 * const card = await reader.read({ width, height, data }); // packed RGB pixels
 * console.log(card.nik, card.detail.nik.confidence, card.warnings);
 * await reader.close();
 * ```
 *
 * @module
 */
export { AreaTable, loadAreaTable } from './areas/area-table.js';
export { straighten } from './card/straighten.js';
export {
  ImageRefusedError,
  KtpError,
  REFUSAL_REASONS,
  type KtpErrorCode,
  type RefusalReason,
} from './errors.js';
export { FIELD_NAMES, OPTIONAL_FIELDS, type FieldName } from './fields/field-names.js';
export type { Agreement, FieldDetail, KtpResult } from './fields/ktp-result.js';
export { normaliseField, type Normalised } from './fields/normalise.js';
export { OCCUPATIONS } from './fields/occupations.js';
export type { Source } from './fields/raw-field.js';
export type { KtpWarning, Severity, WarningCode } from './fields/warning.js';
export {
  fitHomography,
  invert,
  project,
  type Correspondence,
  type Homography,
} from './geometry/homography.js';
export type { Point, Quad } from './geometry/point.js';
export type { RgbImage } from './imaging/rgb-image.js';
export { warp } from './imaging/warp.js';
export { parseNik, type NikParts } from './nik/parse-nik.js';
export { validateNik, type NikContext } from './nik/validate-nik.js';
export type { OcrOptions } from './ocr-worker/ocr-client.js';
export { AutoReader } from './readers/auto-reader.js';
export type { KtpReader, ReadOptions } from './readers/ktp-reader.js';
export { MODEL_ANSWER_SCHEMA } from './readers/model-answer.js';
export { ModelReader, type ModelReaderOptions, type VisionModel } from './readers/model-reader.js';
export { OcrReader } from './readers/ocr-reader.js';
