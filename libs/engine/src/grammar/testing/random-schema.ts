type Json = Record<string, unknown>;

/** A JSON schema of random shape, small enough that a model without a mind comes to an end. Equal seeds, equal schemas. */
export function randomSchema(seed: number): Json {
  let state = seed * 7919 + 12345;
  const random = (below: number): number => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const make = (depth: number): Json => {
    const leaves: (() => Json)[] = [
      () => ({ type: 'boolean' }),
      () => ({ type: 'null' }),
      () => ({ type: 'integer', minimum: random(50) - 20, maximum: 50 + random(500) }),
      () => ({ type: 'string', minLength: random(3), maxLength: 3 + random(6) }),
      () => ({ type: 'string', pattern: '^[0-9]{16}$' }),
      () => ({ type: 'string', pattern: '^[A-Z]{2}-[a-z]{1,4}[0-9]{1,3}$' }),
      () => ({
        type: 'string',
        format: ['date', 'time', 'date-time', 'ipv4', 'ipv6', 'email', 'uuid', 'duration'][random(8)],
      }),
      () => ({ type: 'integer', minimum: random(2) }),
      () => ({ type: 'number' }),
      () => ({ enum: ['O', 'AB', 3, null, 'sé"lain'] }),
      () => ({ const: { fixed: [1, 'two'] } }),
    ];
    const inner: (() => Json)[] = [
      () => object(),
      () => ({ type: 'array', items: make(depth + 1), minItems: random(2), maxItems: 2 + random(2) }),
      () => ({ anyOf: [make(depth + 1), make(depth + 1)] }),
      () => ({ oneOf: [{ type: 'boolean' }, { type: 'string', maxLength: 4 }] }),
    ];
    const object = (): Json => {
      const names = ['nama', 'kota', 'umur', 'status', 'x y'].slice(0, 1 + random(5));
      return {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, make(depth + 1)])),
        required: names.filter(() => random(2) === 0),
        additionalProperties: false,
      };
    };
    const kinds = depth < 2 ? [...inner, ...leaves] : leaves;
    return kinds[random(kinds.length)]?.() ?? { type: 'null' };
  };
  return make(0);
}
