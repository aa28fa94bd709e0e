import {
  CreateChatCompletionResponse,
  CreateChatCompletionStreamResponse,
  CreateCompletionResponse,
  ErrorResponse,
  ListModelsResponse,
  Model,
} from '@effect/ai-openai/Generated';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { Schema } from 'effect';

/**
 * Schemas of OpenAI's own OpenAPI document, as `@effect/ai-openai` (MIT) ships them, generated from it. They let
 * nothing through that the document does not list.
 */
const schemas = {
  CreateChatCompletionResponse,
  CreateChatCompletionStreamResponse,
  CreateCompletionResponse,
  ErrorResponse,
  ListModelsResponse,
  Model,
} as const;

/** Schemas of OpenAI's document that answers are held to. */
export type OfficialSchema = keyof typeof schemas;

/**
 * Places that the document calls `nullable` within its schema of chunks, which got lost where that schema was
 * generated from it: `logprobs` of a choice, and its two lists.
 */
const logprobs = ['properties', 'choices', 'items', 'properties', 'logprobs'];
const lostNulls = ['content', 'refusal'].map((list) => [...logprobs, 'anyOf', '0', 'properties', list]);

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const compiled = new Map<OfficialSchema, ValidateFunction>();

function validator(name: OfficialSchema): ValidateFunction {
  let validate = compiled.get(name);
  if (validate === undefined) {
    const { schema, definitions } = Schema.toJsonSchemaDocument(schemas[name]);
    const isChunk = name === 'CreateChatCompletionStreamResponse';
    const whole = isChunk ? [...lostNulls, logprobs].reduce<unknown>(withNull, schema) : schema;
    validate = ajv.compile({ ...(whole as object), $defs: definitions });
    compiled.set(name, validate);
  }
  return validate;
}

/** What is wrong with an answer by OpenAI's document; undefined: nothing. */
export function officialProblem(name: OfficialSchema, value: unknown): string | undefined {
  const validate = validator(name);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

/** A copy of a schema whose part at a path may also be null. */
function withNull(schema: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return { anyOf: [schema, { type: 'null' }] };
  if (typeof schema !== 'object' || schema === null || !(step in schema))
    throw new Error(`The schema of chunks has changed: there is no ${step}.`);
  if (Array.isArray(schema))
    return schema.map((part: unknown, index) => (index === Number(step) ? withNull(part, rest) : part));
  return { ...schema, [step]: withNull((schema as Record<string, unknown>)[step], rest) };
}
