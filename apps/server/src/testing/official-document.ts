import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

/** Schemas of OpenAI's document that answers are held to. */
export type OfficialSchema =
  | 'CreateChatCompletionResponse'
  | 'CreateChatCompletionStreamResponse'
  | 'CreateCompletionResponse'
  | 'Error';

const documentSchema = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) });

/**
 * Checks against OpenAI's own OpenAPI document, which is not part of this repository: `OPENAI_DOCUMENT` names a copy
 * of `openapi.json` from github.com/openai/openai-openapi.
 *
 * @returns undefined without one
 */
export function officialCheck():
  ((schema: OfficialSchema, value: unknown) => string | undefined) | undefined {
  const path = process.env['OPENAI_DOCUMENT'];
  if (path === undefined) return undefined;
  const { components } = documentSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema({ $id: 'openai', components: withNull(components) });
  return (schema, value) =>
    ajv.validate({ $ref: `openai#/components/schemas/${schema}` }, value) ? undefined : ajv.errorsText();
}

/** `nullable: true` of OpenAPI 3.0 in JSON Schema's words. */
function withNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNull);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withNull(part)]),
  );
  if (nullable === true) return { anyOf: [rest, { type: 'null' }] };
  return nullable === undefined ? rest : { ...rest, nullable };
}
