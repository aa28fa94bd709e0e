import { squash } from '../fields/edit-distance.js';
import { FIELD_NAMES, type FieldName } from '../fields/field-names.js';
import type { FieldDetail, KtpResult } from '../fields/ktp-result.js';
import { normaliseField } from '../fields/normalise.js';
import type { RawFields } from '../fields/raw-field.js';
import type { KtpWarning } from '../fields/warning.js';

/** The offline reading, with what it lacks taken from the model. */
export function fillGaps(ocr: RawFields, model: RawFields): RawFields {
  return { ...model, ...ocr };
}

/**
 * Notes for each field whether the two readers agree. Values stay as they are: where the readers differ the
 * other one's text is kept beside and a warning raised.
 */
export function markAgreement(result: KtpResult, ocr: RawFields, model: RawFields): KtpResult {
  const differing: KtpWarning[] = [];
  const mark = (name: FieldName): FieldDetail => {
    const detail = result.detail[name];
    const [first, second] = [ocr[name], model[name]];
    if (!first || !second) return detail;
    const meaning = (raw: string) => squash(normaliseField(name, raw).value ?? raw);
    if (meaning(first.raw) === meaning(second.raw)) return { ...detail, agreement: 'agree' };
    const warning: KtpWarning = {
      code: 'readers_differ',
      severity: 'warning',
      field: name,
      message: 'The offline reader and the vision-language model read different values.',
    };
    differing.push(warning);
    return { ...detail, agreement: 'differ', other: second.raw, warnings: [...detail.warnings, warning] };
  };
  const detail = Object.fromEntries(FIELD_NAMES.map((name) => [name, mark(name)])) as Record<
    FieldName,
    FieldDetail
  >;
  return { ...result, detail, warnings: [...result.warnings, ...differing] };
}
