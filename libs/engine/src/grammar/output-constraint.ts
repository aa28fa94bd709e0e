import { z } from 'zod';
import { EngineError } from '../errors.js';
import { checkSchema } from './check-schema.js';
import { constraintGrammar } from './constraint-grammar.js';

/** Longest list of choices, and longest grammar in characters. */
const maxChoices = 1000;
const maxGrammarLength = 65_536;

const schema = z.record(z.string(), z.unknown());

const constraintSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('json-object') }),
  z.strictObject({ type: z.literal('json-schema'), schema }),
  z.strictObject({ type: z.literal('choice'), choices: z.array(z.string().min(1)).min(1).max(maxChoices) }),
  z.strictObject({ type: z.literal('grammar'), grammar: z.string().min(1).max(maxGrammarLength) }),
  z.strictObject({
    type: z.literal('tool-call'),
    tools: z.array(z.strictObject({ name: z.string().min(1), parameters: schema.optional() })).min(1),
  }),
]);

/**
 * What an answer is held to, token by token. Reasoning before the answer stays free.
 * - `json-object`: one JSON object.
 * - `json-schema`: one JSON value that the schema accepts, on one line, with `", "` and `": "` between its parts.
 *   Objects that list `properties` get no others.
 * - `choice`: one of the texts.
 * - `grammar`: what the rule `root` of an EBNF grammar derives, in the form of llama.cpp's GBNF. No rule may begin
 *   with itself.
 * - `tool-call`: one call of one of the tools, in Qwen's form.
 */
export type OutputConstraint = z.infer<typeof constraintSchema>;

/**
 * @throws EngineError `invalid-request` for a wrong form, a schema keyword or a grammar that cannot be honoured, or
 *   what no answer can satisfy
 */
export function parseOutputConstraint(given: unknown): OutputConstraint {
  const constraint = checkOutputConstraint(given);
  constraintGrammar(constraint);
  return constraint;
}

/** The same without a look at the grammar. @throws EngineError `invalid-request` */
export function checkOutputConstraint(given: unknown): OutputConstraint {
  const parsed = constraintSchema.safeParse(given);
  if (!parsed.success)
    throw new EngineError('invalid-request', `constraint: ${z.prettifyError(parsed.error)}`);
  const constraint = parsed.data;
  if (constraint.type === 'json-schema') checkSchema(constraint.schema);
  if (constraint.type === 'tool-call') {
    for (const { parameters } of constraint.tools) if (parameters !== undefined) checkSchema(parameters);
  }
  return constraint;
}
