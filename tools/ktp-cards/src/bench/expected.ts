import { FIELD_NAMES, normaliseField, OPTIONAL_FIELDS, type FieldName, type KtpResult } from '@qwenvl/ktp';

import type { CardText } from '../person.js';

/** Fields that every card has and the headline figures count. */
export const SCORED_FIELDS: readonly FieldName[] = FIELD_NAMES.filter((name) => !OPTIONAL_FIELDS.has(name));

/** The right answers: what is printed, in the form that the law lists where it lists one. */
export function expectedValues(card: CardText): Record<FieldName, string> {
  const printed: Record<FieldName, string> = { ...card, alamat: card.alamat.join(' ') };
  const entries = FIELD_NAMES.map((name) => [name, normaliseField(name, printed[name]).value ?? ''] as const);
  return Object.fromEntries(entries) as Record<FieldName, string>;
}

/** Values of an answer by field name; what was not read is an empty string. */
export function readValues(result: KtpResult): Record<FieldName, string> {
  const entries = FIELD_NAMES.map((name) => [name, result.detail[name].value ?? ''] as const);
  return Object.fromEntries(entries) as Record<FieldName, string>;
}
