import { z } from 'zod';
import { deliveryFields, samplingFields } from './chat-request.js';
import { never, optional, sessionIdSchema, UNSUPPORTED } from './fields.js';

/** Longest prompt in characters or token ids, and most prompts of one request. */
const MAX_PROMPT = 1_000_000;
const MAX_PROMPTS = 16;
/** Most choices of one request: prompts times `n`. */
const MAX_CHOICES = 64;
/** OpenAI's own default. */
const DEFAULT_MAX_TOKENS = 16;

const text = z.string().min(1).max(MAX_PROMPT);
const ids = z.array(z.int().min(0)).min(1).max(MAX_PROMPT);

const promptSchema = z
  .union([text, ids, z.array(text).min(1).max(MAX_PROMPTS), z.array(ids).min(1).max(MAX_PROMPTS)], {
    error: `must be a text, a list of token ids, or a list of up to ${MAX_PROMPTS} of either, none of them empty`,
  })
  .transform((prompt): readonly CompletionPrompt[] => {
    if (typeof prompt === 'string') return [prompt];
    return isIds(prompt) ? [prompt] : prompt;
  });

/** One prompt: raw text in the model's own format, or its token ids. */
export type CompletionPrompt = string | readonly number[];

function isIds(prompt: readonly (string | number | readonly number[])[]): prompt is readonly number[] {
  return typeof prompt[0] === 'number';
}

/** Plain completion request as sent; unknown fields and fields that cannot be honoured are refused. */
export const completionRequestSchema = z
  .strictObject({
    model: z.string().min(1),
    prompt: promptSchema,
    max_tokens: optional(z.int().min(1)).transform((value) => value ?? DEFAULT_MAX_TOKENS),
    ...samplingFields,
    logprobs: optional(z.int().min(0).max(20)),
    echo: optional(z.boolean()),
    ...deliveryFields,
    session_id: optional(sessionIdSchema),
    suffix: never('text cannot be inserted before a suffix'),
    best_of: optional(z.int().min(1)),
  })
  .superRefine((request, context) => {
    const refuse = (field: string, message: string, params: object = {}): void => {
      context.addIssue({ code: 'custom', path: [field], message, params });
    };
    const n = request.n ?? 1;
    if (request.best_of !== undefined && request.best_of !== n)
      refuse('best_of', 'answers are not ranked; it can only equal n', UNSUPPORTED);
    if (request.echo === true && request.logprobs !== undefined)
      refuse('echo', 'has no log probabilities of the prompt; leave out logprobs', UNSUPPORTED);
    if (request.prompt.length * n > MAX_CHOICES) refuse('n', `makes more than ${MAX_CHOICES} choices`);
    if (request.stream_options !== undefined && request.stream !== true)
      refuse('stream_options', 'needs stream: true');
  });

/** A checked plain completion request in normal form: `prompt` is a list. */
export type CompletionRequest = z.output<typeof completionRequestSchema>;
