import { z } from 'zod';
import { messagesSchema } from './messages.js';
import { toolsSchema } from './tools.js';
import { optional } from './fields.js';

/** Longest text in characters, and most token ids. */
const MAX_PROMPT = 1_000_000;

/** A text, or a conversation with its tools, whose tokens are to be counted. */
export const tokenizeRequestSchema = z.union([
  z.strictObject({ model: optional(z.string()), prompt: z.string().max(MAX_PROMPT) }),
  z.strictObject({ model: optional(z.string()), messages: messagesSchema, tools: optional(toolsSchema) }),
]);

export type TokenizeRequest = z.output<typeof tokenizeRequestSchema>;

/** Token ids whose text is asked for. */
export const detokenizeRequestSchema = z.strictObject({
  model: optional(z.string()),
  tokens: z.array(z.int().min(0)).max(MAX_PROMPT),
});
