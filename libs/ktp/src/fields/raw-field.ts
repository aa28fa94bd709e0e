import type { Quad } from '../geometry/point.js';
import type { FieldName } from './field-names.js';

/** Who read a value: the offline text recognition or the vision-language model. */
export type Source = 'ocr' | 'vlm';

/** A value as a reader delivered it, not yet interpreted. */
export interface RawField {
  readonly raw: string;
  /** `[0, 1]`; `null` when the reader states none. */
  readonly confidence: number | null;
  readonly source: Source;
  /** Corners in the picture, reading order; `null` when the reader does not know. */
  readonly box: Quad | null;
  /** Readings of the same print that differ from `raw`. */
  readonly alternatives: readonly string[];
}

/** What was read; fields not read are absent. */
export type RawFields = Partial<Record<FieldName, RawField>>;
