import { z } from 'zod';

const tokenLogprob = z.object({ token: z.string(), logprob: z.number(), bytes: z.array(z.int()).nullable() });

const logprobs = z
  .object({
    content: z.array(tokenLogprob.extend({ top_logprobs: z.array(tokenLogprob) })).nullable(),
    refusal: z.null(),
  })
  .nullable();

const usage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z
    .object({ cached_tokens: z.int() })
    .optional()
    .describe('In whole answers; chunks leave it out.'),
  completion_tokens_details: z.object({ reasoning_tokens: z.int() }),
});

const finishReason = z.enum(['stop', 'length', 'tool_calls']);

const extensions = {
  cancelled: z.literal(true).optional().describe('Present when the answer was cancelled before its end.'),
  dropped_turns: z.int().optional().describe('Turns left out because the prompt did not fit.'),
};

/** Describes a whole answer; for documents about the API. */
export const chatCompletionSchema = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal('assistant'),
        content: z.string().nullable(),
        refusal: z.null(),
        reasoning_content: z.string().optional(),
        tool_calls: z
          .array(
            z.object({
              id: z.string(),
              type: z.literal('function'),
              function: z.object({ name: z.string(), arguments: z.string() }),
            }),
          )
          .optional(),
      }),
      logprobs,
      finish_reason: finishReason,
    }),
  ),
  usage,
  metadata: z.record(z.string(), z.string()).optional(),
  ...extensions,
});

/** Describes one chunk of a streamed answer; for documents about the API. */
export const chatCompletionChunkSchema = z.object({
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      delta: z.object({
        role: z.literal('assistant').optional(),
        content: z.string().optional(),
        reasoning_content: z.string().optional(),
        tool_calls: z
          .array(
            z.object({
              index: z.int(),
              id: z.string().optional(),
              type: z.literal('function').optional(),
              function: z.object({ name: z.string().optional(), arguments: z.string() }),
            }),
          )
          .optional(),
      }),
      logprobs,
      finish_reason: finishReason.nullable(),
    }),
  ),
  usage: usage.nullable().optional(),
  ...extensions,
});

const completionChoice = z.object({
  index: z.int(),
  text: z.string(),
  logprobs: z
    .object({
      tokens: z.array(z.string()),
      token_logprobs: z.array(z.number()),
      top_logprobs: z.array(z.record(z.string(), z.number())),
      text_offset: z.array(z.int()),
    })
    .nullable(),
  finish_reason: z.enum(['stop', 'length']),
});

/** Describes a whole plain completion; for documents about the API. */
export const completionSchema = z.object({
  id: z.string(),
  object: z.literal('text_completion'),
  created: z.int(),
  model: z.string(),
  choices: z.array(completionChoice),
  usage,
  cancelled: extensions.cancelled,
});

/** Describes one chunk of a streamed plain completion; for documents about the API. */
export const completionChunkSchema = completionSchema.extend({
  choices: z.array(completionChoice.extend({ finish_reason: z.enum(['stop', 'length']).nullable() })),
  usage: usage.nullable().optional(),
});

/** Describes the body of every error; for documents about the API. */
export const errorBodySchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
});
