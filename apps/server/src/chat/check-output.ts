import type { OutputConstraint } from '@qwenvl/engine';
import { ApiError } from '@qwenvl/openai';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Checks a finished answer. Throws `ApiError` 500 where it is not what was asked for. */
export type CheckOutput = (content: string) => void;

/** A second look at JSON answers, with a validator of its own, however well the mask did. */
export function outputCheck(constraint: OutputConstraint | undefined): CheckOutput | undefined {
  if (constraint?.type !== 'json-object' && constraint?.type !== 'json-schema') return undefined;
  const schema = constraint.type === 'json-object' ? { type: 'object' } : constraint.schema;
  const validate = validatorOf(schema);
  return (content) => {
    if (isJson(content, validate)) return;
    const message = 'The answer does not fit the schema; ask again, or with a simpler schema.';
    throw new ApiError({ status: 500, code: 'invalid_output', message });
  };
}

/**
 * Keywords mean the same in all drafts here, since the engine lets only such pass: a schema that says which draft it
 * is written in, or what it is called, needs no other validator.
 */
function validatorOf(schema: Readonly<Record<string, unknown>>): (value: unknown) => unknown {
  const named = new Set(['$schema', '$id']);
  const rest = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !named.has(keyword)));
  try {
    return addFormats.default(new Ajv2020({ strict: false })).compile(rest);
  } catch (cause) {
    const message = 'The JSON schema cannot be compiled.';
    throw new ApiError({ status: 400, code: 'invalid_value', param: 'response_format', message, cause });
  }
}

function isJson(content: string, validate: (value: unknown) => unknown): boolean {
  try {
    return validate(JSON.parse(content)) === true;
  } catch {
    return false;
  }
}
