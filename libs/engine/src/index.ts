/**
 * Qwen3-VL inference for Node.
 * @module
 */
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
