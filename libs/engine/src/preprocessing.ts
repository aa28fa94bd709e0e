/**
 * The pure parts of the engine, without its runtime: what becomes of a conversation before the model sees it.
 *
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { parseCheckpoint, preparePrompt } from '@qwenvl/engine/preprocessing';
 *
 * const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja'];
 * const read = async (name: string) => [name, await readFile(`Qwen3-VL-2B-Instruct/${name}`, 'utf8')] as const;
 * const checkpoint = parseCheckpoint(new Map(await Promise.all(names.map(read))));
 * const messages = [{ role: 'user', content: 'What is DeepStack?' }] as const;
 * const { ids, positions } = preparePrompt(checkpoint, { messages }, { maxPromptTokens: 32_768 });
 * ```
 * @module
 */
export type { GenerationDefaults } from './checkpoint/generation-config.js';
export { parseCheckpoint, type Checkpoint } from './checkpoint/parse-checkpoint.js';
export type { ProcessorConfig } from './checkpoint/processor-config.js';
export { mropePositions, type MropePositions, type VisualRun } from './positions/mrope-positions.js';
export { MropeRotary, type RotaryConfig, type RotaryTable } from './positions/mrope-rotary.js';
export { maxMessages, type Conversation } from './prompt/conversation.js';
export type { PrepareOptions } from './prompt/prepare-options.js';
export { maxPromptLength, preparePrompt } from './prompt/prepare-prompt.js';
export type { Grid, PreparedMedia, PreparedPrompt, TokenSpan } from './prompt/prepared-prompt.js';
export { Tokenizer } from './tokenizer/tokenizer.js';
export { resizeBicubic } from './vision/resize-bicubic.js';
export {
  maxAspectRatio,
  smartResizeImage,
  smartResizeVideo,
  type ResizeBounds,
  type Size,
} from './vision/smart-resize.js';
export {
  visionPositions,
  type VisionPositionConfig,
  type VisionPositions,
} from './vision/vision-positions.js';
