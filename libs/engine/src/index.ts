/**
 * Qwen3-VL inference for Node.
 * @module
 */
export { EngineError } from './errors.js';
export type { EngineErrorCode } from './errors.js';
export type {
  ChatMessage,
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
