const fields = [
  ...['province', 'city', 'nik', 'name', 'birth', 'sex', 'blood', 'address', 'rt_rw', 'village', 'district'],
  ...['religion', 'marital', 'occupation', 'citizenship', 'valid_until', 'issued_at', 'issued_on'],
];

/** A schema of the size that reading an identity card needs: many fields, each a short text or null. */
export const cardSchema: Record<string, unknown> = {
  type: 'object',
  properties: Object.fromEntries(
    fields.map((name) => [name, { anyOf: [{ type: 'string', maxLength: 80 }, { type: 'null' }] }]),
  ),
  required: fields,
  additionalProperties: false,
};
