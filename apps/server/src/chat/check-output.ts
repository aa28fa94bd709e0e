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
  const validate = addFormats.default(new Ajv2020({ strict: false })).compile(schema);
  return (content) => {
    if (isJson(content, validate)) return;
    const message = 'The answer does not fit the schema; ask again, or with a simpler schema.';
    throw new ApiError({ status: 500, code: 'invalid_output', message });
  };
}

function isJson(content: string, validate: (value: unknown) => unknown): boolean {
  try {
    return validate(JSON.parse(content)) === true;
  } catch {
    return false;
  }
}
