import { z } from 'zod';
import { messagesSchema } from './messages.js';
import { toolsSchema } from './tools.js';
import { optional } from './fields.js';

/** Longest text to tokenize in characters. */
const MAX_PROMPT = 1_000_000;

/** A text, or a conversation with its tools, whose tokens are to be counted. */
export const tokenizeRequestSchema = z.union([
  z.strictObject({ model: optional(z.string()), prompt: z.string().max(MAX_PROMPT) }),
  z.strictObject({ model: optional(z.string()), messages: messagesSchema, tools: optional(toolsSchema) }),
]);

export type TokenizeRequest = z.output<typeof tokenizeRequestSchema>;
