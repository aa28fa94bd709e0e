/**
 * Qwen3-VL inference for Node: messages and pixels in, tokens out.
 *
 * ```ts
 * import { loadEngine } from '@qwenvl/engine';
 *
 * const engine = await loadEngine({ model: 'Qwen/Qwen3-VL-2B-Instruct' });
 * const messages = [{ role: 'user', content: 'What is DeepStack?' }] as const;
 * for await (const event of engine.generate({ messages })) {
 *   if (event.type === 'token') process.stdout.write(event.text);
 *   if (event.type === 'finish') console.log(event.text, event.reason, event.usage);
 * }
 * await engine.close();
 * ```
 * @module
 */
export { loadEngine, type Engine, type LoadOptions } from './engine.js';
export type { EngineInfo } from './engine-info.js';
export { EngineError, type EngineErrorCode } from './errors.js';
export { parseOutputConstraint, type OutputConstraint } from './grammar/output-constraint.js';
export type { LoadProgress, ProgressListener } from './loading/load-progress.js';
export type {
  ChatMessage,
  CompletionRequest,
  ContentPart,
  FinishReason,
  GenerateEvent,
  GenerateRequest,
  ImagePart,
  PixelBounds,
  RgbImage,
  SamplingOptions,
  TextPart,
  TokenLogprob,
  ToolCall,
  ToolDefinition,
  Usage,
  VideoFrames,
  VideoPart,
} from './types.js';
