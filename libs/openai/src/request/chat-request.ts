import { z } from 'zod';
import { never, only, optional, sessionIdSchema } from './fields.js';
import { messagesSchema } from './messages.js';
import { predictionSchema } from './prediction.js';
import { responseFormatSchema, structuredOutputsSchema, toolChoiceSchema, toolsSchema } from './tools.js';

/** Most answers to one request. */
const MAX_N = 16;
/** Most stop strings, and the longest one in characters. */
const MAX_STOPS = 16;
const MAX_STOP_LENGTH = 256;

const stopString = z.string().min(1).max(MAX_STOP_LENGTH);
const tokenCount = z.int().min(1);

/** Sampling parameters that chat and plain completions share. */
export const samplingFields = {
  temperature: optional(z.number().min(0).max(2)),
  top_p: optional(z.number().gt(0).max(1)),
  top_k: optional(z.int().min(0)),
  min_p: optional(z.number().min(0).max(1)),
  repetition_penalty: optional(z.number().gt(0).max(10)),
  presence_penalty: optional(z.number().min(-2).max(2)),
  frequency_penalty: optional(z.number().min(-2).max(2)),
  logit_bias: optional(
    z.record(z.string().regex(/^\d{1,7}$/, 'keys must be token ids'), z.number().min(-100).max(100)),
  ),
  seed: optional(z.int()),
  stop: optional(z.union([stopString.transform((text) => [text]), z.array(stopString).max(MAX_STOPS)])),
  n: optional(z.int().min(1).max(MAX_N)),
};

/** Fields about the stream and the caller that chat and plain completions share. */
export const deliveryFields = {
  stream: optional(z.boolean()),
  stream_options: optional(
    z.strictObject({
      include_usage: optional(z.boolean()),
      include_obfuscation: only([false], 'padding of chunks is not supported'),
    }),
  ),
  user: optional(z.string().max(512)),
};

/** Chat completion request as sent; unknown fields and fields that cannot be honoured are refused. */
export const chatRequestSchema = z
  .strictObject({
    model: z.string().min(1),
    messages: messagesSchema,
    max_tokens: optional(tokenCount),
    max_completion_tokens: optional(tokenCount),
    ...samplingFields,
    logprobs: optional(z.boolean()),
    top_logprobs: optional(z.int().min(0).max(20)),
    ...deliveryFields,
    tools: optional(toolsSchema),
    tool_choice: optional(toolChoiceSchema),
    parallel_tool_calls: optional(z.boolean()),
    response_format: optional(responseFormatSchema),
    structured_outputs: optional(structuredOutputsSchema),
    reasoning_effort: optional(z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])),
    thinking_budget: optional(z.int().min(0)),
    metadata: optional(
      z
        .record(z.string().max(64), z.string().max(512))
        .refine((entries) => Object.keys(entries).length <= 16, 'at most 16 entries'),
    ),
    safety_identifier: optional(z.string().max(512)),
    session_id: optional(sessionIdSchema),
    service_tier: only(['auto', 'default'], "only 'auto' and 'default' exist here"),
    store: only([false], 'completions are not stored; use session_id to keep an answer'),
    modalities: z.array(z.literal('text', { error: 'only text is produced' })).nullish(),
    audio: never('audio is not produced'),
    prediction: optional(predictionSchema),
    web_search_options: never('web search is not supported'),
    verbosity: never('this model has no verbosity control; say it in a message'),
    functions: never('is deprecated; use tools'),
    function_call: never('is deprecated; use tool_choice'),
    prompt_cache_key: never('the prompt cache is automatic and has no key'),
    prompt_cache_retention: never('the prompt cache has no retention setting'),
  })
  .superRefine((request, context) => {
    const refuse = (field: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [field], message });
    };
    const { max_tokens: legacy, max_completion_tokens: current } = request;
    if (legacy !== undefined && current !== undefined && legacy !== current)
      refuse('max_tokens', 'contradicts max_completion_tokens');
    if (request.top_logprobs !== undefined && request.logprobs !== true)
      refuse('top_logprobs', 'needs logprobs: true');
    if (request.stream_options !== undefined && request.stream !== true)
      refuse('stream_options', 'needs stream: true');
    const tools = request.tools ?? [];
    if (tools.length === 0) {
      if (request.tool_choice !== undefined && request.tool_choice !== 'none')
        refuse('tool_choice', 'needs tools');
      if (request.parallel_tool_calls !== undefined) refuse('parallel_tool_calls', 'needs tools');
    }
    const choice = request.tool_choice;
    if (typeof choice === 'object' && !tools.some((tool) => tool.name === choice.name))
      refuse('tool_choice', `names '${choice.name}', which is not among the tools`);
    if (request.structured_outputs !== undefined && (request.response_format?.type ?? 'text') !== 'text')
      refuse('structured_outputs', 'contradicts response_format');
    if (request.reasoning_effort !== undefined && request.thinking_budget !== undefined)
      refuse('thinking_budget', 'contradicts reasoning_effort; give one of them');
  });

/** A checked chat completion request in normal form. */
export type ChatRequest = z.output<typeof chatRequestSchema>;
