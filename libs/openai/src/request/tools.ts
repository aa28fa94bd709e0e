import { z } from 'zod';
import { optional } from './fields.js';

const functionName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, "must be 1-64 letters, digits, '_', '.' or '-'");
const jsonSchema = z.record(z.string(), z.unknown());

/** A function that the model may call. `strict` holds its arguments to `parameters`. */
export const toolSchema = z
  .strictObject({
    type: z.literal('function', { error: "only tools of type 'function' exist here" }),
    function: z.strictObject({
      name: functionName,
      description: optional(z.string()),
      parameters: optional(jsonSchema),
      strict: optional(z.boolean()),
    }),
  })
  .transform(({ function: { name, description, parameters, strict } }) => ({
    name,
    description,
    parameters,
    strict: strict ?? false,
  }));

export type RequestTool = z.output<typeof toolSchema>;

/** Most tools in one request. */
const MAX_TOOLS = 128;

/** All tools, with distinct names. */
export const toolsSchema = z
  .array(toolSchema)
  .max(MAX_TOOLS)
  .superRefine((tools, context) => {
    const seen = new Set<string>();
    tools.forEach((tool, index) => {
      if (seen.has(tool.name)) {
        context.addIssue({
          code: 'custom',
          path: [index, 'function', 'name'],
          message: `'${tool.name}' is defined twice`,
        });
      }
      seen.add(tool.name);
    });
  });

/** `none`, `auto`, `required`, or one function by name. */
export const toolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z
    .strictObject({ type: z.literal('function'), function: z.strictObject({ name: functionName }) })
    .transform((choice) => ({ name: choice.function.name })),
]);

export type ToolChoice = z.output<typeof toolChoiceSchema>;

/** Form that the answer is held to. */
export const responseFormatSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1-64 letters, digits, '_' or '-'"),
      description: optional(z.string()),
      schema: optional(jsonSchema),
      strict: optional(z.boolean()),
    }),
  }),
]);

export type ResponseFormat = z.output<typeof responseFormatSchema>;

/** Most choices, and the longest grammar in characters. */
const MAX_CHOICES = 1000;
const MAX_GRAMMAR = 65_536;

/** Beyond OpenAI's forms: one of a list of answers, or a GBNF grammar (as vLLM names them). */
export const structuredOutputsSchema = z.union([
  z.strictObject({ choice: z.array(z.string().min(1)).min(1).max(MAX_CHOICES) }),
  z.strictObject({ grammar: z.string().min(1).max(MAX_GRAMMAR) }),
]);

export type StructuredOutputs = z.output<typeof structuredOutputsSchema>;
