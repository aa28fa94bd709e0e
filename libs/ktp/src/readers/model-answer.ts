import { z } from 'zod';

import { KtpError } from '../errors.js';
import { FIELD_NAMES, type FieldName } from '../fields/field-names.js';
import type { RawFields } from '../fields/raw-field.js';

const cell = z.string().max(200).nullable();
const answer = z.object(
  Object.fromEntries(FIELD_NAMES.map((name) => [name, cell.optional()])) as Record<
    FieldName,
    z.ZodOptional<typeof cell>
  >,
);

/** JSON schema that the model's answer is held to: one object, every field a string or null, in printed order. */
export const MODEL_ANSWER_SCHEMA = {
  type: 'object',
  properties: Object.fromEntries(
    FIELD_NAMES.map((name) => [name, { anyOf: [{ type: 'string', maxLength: 80 }, { type: 'null' }] }]),
  ),
  required: [...FIELD_NAMES],
  additionalProperties: false,
} as const satisfies Readonly<Record<string, unknown>>;

/**
 * Fields from the model's answer; empty strings and null mean that the field was not readable.
 *
 * @throws {KtpError} `model_answer_invalid` when it is not JSON of the schema
 */
export function parseModelAnswer(text: string): RawFields {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is personal data.
    throw invalid();
  }
  const parsed = answer.safeParse(json);
  if (!parsed.success) throw invalid();
  const fields: RawFields = {};
  for (const name of FIELD_NAMES) {
    const raw = parsed.data[name]?.trim();
    if (raw) fields[name] = { raw, confidence: null, source: 'vlm', box: null, alternatives: [] };
  }
  return fields;
}

/** The answer of a model that reads these very fields, with the blanks that constrained JSON has. */
export function writeModelAnswer(fields: RawFields): string {
  const entries = FIELD_NAMES.map(
    (name) => `${JSON.stringify(name)}: ${JSON.stringify(fields[name]?.raw ?? null)}`,
  );
  return `{${entries.join(', ')}}`;
}

function invalid(): KtpError {
  return new KtpError('model_answer_invalid', 'The vision-language model did not answer in the agreed form.');
}
