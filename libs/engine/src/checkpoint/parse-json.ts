import { z } from 'zod';
import { EngineError } from '../errors.js';

/**
 * Reads a checkpoint's JSON file through a schema.
 * @throws {EngineError} `checkpoint-corrupt`, naming the file and what is wrong in it
 */
export function parseJson<T>(name: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EngineError('checkpoint-corrupt', `${name} is not JSON. Fetch it again.`, { cause });
  }
  return parseValue(name, value, schema);
}

/**
 * The same for a value that was read already; `name` tells where it stands.
 * @throws {EngineError} `checkpoint-corrupt`
 */
export function parseValue<T>(name: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new EngineError('checkpoint-corrupt', `${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
