import { z } from 'zod';
import { EngineError } from '../errors.js';
import type { ChatMessage, RgbImage, ToolDefinition } from '../types.js';

/** What the chat template renders. */
export interface Conversation {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[] | undefined;
}

/** Most messages in a conversation. */
export const maxMessages = 10_000;

const pixels = z.custom<RgbImage>((value) => typeof value === 'object' && value !== null, 'must be pixels');
const bounds = { minPixels: z.int().positive().optional(), maxPixels: z.int().positive().optional() };
const json = z.record(z.string(), z.unknown());

const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), image: pixels, ...bounds }),
  z.object({
    type: z.literal('video'),
    video: z.object({ frames: z.array(pixels), frameIndices: z.array(z.number()), fps: z.number() }),
    ...bounds,
  }),
]);

const conversationSchema: z.ZodType<Conversation> = z.object({
  messages: z
    .array(
      z.object({
        role: z.enum(['system', 'user', 'assistant', 'tool']),
        content: z.union([z.string(), z.array(partSchema)]),
        reasoningContent: z.string().optional(),
        toolCalls: z.array(z.object({ name: z.string(), arguments: json })).optional(),
      }),
    )
    .min(1)
    .max(maxMessages),
  tools: z
    .array(
      z.object({
        type: z.literal('function'),
        function: z.looseObject({
          name: z.string(),
          description: z.string().optional(),
          parameters: json.optional(),
        }),
      }),
    )
    .optional(),
});

/**
 * Checks the form of a conversation; pixels are checked where they are used.
 * @throws {EngineError} `invalid-request`, naming the place and what is wrong there
 */
export function parseConversation(conversation: Conversation): Conversation {
  const parsed = conversationSchema.safeParse(conversation);
  if (parsed.success) return parsed.data;
  throw new EngineError('invalid-request', `The conversation is malformed: ${z.prettifyError(parsed.error)}`);
}
