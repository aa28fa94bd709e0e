import type { FieldName } from './field-names.js';

/** Stable names of everything that can be remarked on; new ones may be added, none changes its meaning. */
export type WarningCode =
  | 'field_missing'
  | 'low_confidence'
  | 'readers_differ'
  | 'value_unlisted'
  | 'spelling_normalised'
  | 'date_invalid'
  | 'date_in_future'
  | 'issued_before_seventeen'
  | 'area_unknown'
  | 'nik_length'
  | 'nik_characters'
  | 'nik_date_invalid'
  | 'nik_serial_zero'
  | 'nik_date_differs'
  | 'nik_sex_differs'
  | 'nik_area_differs'
  | 'nik_area_unknown'
  | 'nik_area_retired'
  | 'nik_readings_differ'
  | 'photocopy'
  | 'blurred'
  | 'glare'
  | 'too_dark'
  | 'cropped';

/** `error`: the value cannot be right. `warning`: have a person look. `information`: worth knowing. */
export type Severity = 'error' | 'warning' | 'information';

/** A remark on a value or on the whole card. Messages hold no value from the card. */
export interface KtpWarning {
  readonly code: WarningCode;
  readonly severity: Severity;
  /** The value it is about; `null` for the picture as a whole. */
  readonly field: FieldName | null;
  readonly message: string;
}
