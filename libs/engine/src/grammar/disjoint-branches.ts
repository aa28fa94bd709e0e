/** True when no value can be valid for two of the schemas: by their types, or by a required constant property. */
export function areDisjoint(branches: readonly unknown[]): boolean {
  return branches.every((branch, index) =>
    branches.slice(index + 1).every((other) => exclude(branch, other)),
  );
}

function exclude(a: unknown, b: unknown): boolean {
  const [typesA, typesB] = [typesOf(a), typesOf(b)];
  if (typesA !== undefined && typesB !== undefined && !typesA.some((type) => overlaps(type, typesB)))
    return true;
  const [constantsA, constantsB] = [constantsOf(a), constantsOf(b)];
  return Object.keys(constantsA).some((name) => name in constantsB && constantsA[name] !== constantsB[name]);
}

function overlaps(type: string, others: readonly string[]): boolean {
  const isNumber = type === 'integer' || type === 'number';
  return others.includes(type) || (isNumber && (others.includes('integer') || others.includes('number')));
}

function typesOf(schema: unknown): readonly string[] | undefined {
  if (!isObject(schema)) return undefined;
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.map(String) : undefined;
}

/** Required properties with one value, as JSON text; only objects have them. */
function constantsOf(schema: unknown): Readonly<Record<string, string>> {
  if (!isObject(schema) || schema['type'] !== 'object') return {};
  const { properties, required } = schema;
  if (!isObject(properties) || !Array.isArray(required)) return {};
  const constants: Record<string, string> = {};
  for (const [name, part] of Object.entries(properties)) {
    if (!required.includes(name) || !isObject(part)) continue;
    const values: unknown = part['enum'];
    const constant: unknown = Array.isArray(values) && values.length === 1 ? values[0] : part['const'];
    if (constant !== undefined) constants[name] = JSON.stringify(constant);
  }
  return constants;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
