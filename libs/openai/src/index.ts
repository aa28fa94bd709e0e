/**
 * The OpenAI-compatible wire: what requests may say, how answers are shaped, how a model's text becomes
 * reasoning, content and tool calls. Knows no server and no engine.
 *
 * ```ts
 * import { ChatChunkWriter, parseChatRequest } from '@qwenvl/openai';
 *
 * const request = parseChatRequest(JSON.parse(body));
 * const writer = new ChatChunkWriter({ id: 'chatcmpl-1', created: 1_700_000_000, model: request.model });
 * for await (const event of generate(request)) {
 *   for (const chunk of writer.push(0, event)) send(chunk);
 * }
 * ```
 * @module
 */
export { ApiError, invalidRequest, unsupportedParameter } from './api-error.js';
export type { ApiErrorOptions, ErrorBody } from './api-error.js';
export type { OutputDelta } from './output/output-delta.js';
export { OutputParser } from './output/output-parser.js';
export type { OutputParserOptions } from './output/output-parser.js';
export { chatRequestSchema } from './request/chat-request.js';
export type { ChatRequest } from './request/chat-request.js';
export { completionRequestSchema } from './request/completion-request.js';
export type { CompletionPrompt, CompletionRequest } from './request/completion-request.js';
export { contentPartSchema } from './request/content-parts.js';
export type {
  ContentPart,
  ImagePart,
  MediaSource,
  PixelBounds,
  TextPart,
  VideoPart,
} from './request/content-parts.js';
export { sessionIdSchema } from './request/fields.js';
export type { RequestMessage } from './request/messages.js';
export { detokenizeRequestSchema, tokenizeRequestSchema } from './request/tokenize-request.js';
export type { TokenizeRequest } from './request/tokenize-request.js';
export { parseChatRequest, parseCompletionRequest, parseRequest } from './request/parse.js';
export type { RequestTool, ResponseFormat, StructuredOutputs, ToolChoice } from './request/tools.js';
export { ChatChunkWriter } from './response/chat-chunk-writer.js';
export type { ChatChunkOptions } from './response/chat-chunk-writer.js';
export { ChatCompletionCollector } from './response/chat-completion-collector.js';
export { CompletionChunkWriter } from './response/completion-chunk-writer.js';
export type { CompletionChunkOptions } from './response/completion-chunk-writer.js';
export { CompletionCollector } from './response/completion-collector.js';
export type {
  Completion,
  CompletionChunk,
  CompletionChunkChoice,
  CompletionLogprobs,
} from './response/completion-types.js';
export type { GeneratedLogprob, GenerationEvent } from './response/generation-event.js';
export {
  chatCompletionChunkSchema,
  chatCompletionSchema,
  completionChunkSchema,
  completionSchema,
  errorBodySchema,
} from './response/schemas.js';
export type {
  ChatChoice,
  ChatChunkChoice,
  ChatCompletion,
  ChatCompletionChunk,
  ChatDelta,
  ChoiceLogprobs,
  CompletionUsage,
  Extensions,
  OpenAiFinishReason,
  TokenLogprob,
  ToolCall,
  ToolCallDelta,
} from './response/types.js';
