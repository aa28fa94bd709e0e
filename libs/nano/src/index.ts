/**
 * A tiny trained Qwen3-VL checkpoint in Hugging Face layout: a demonstration and test model.
 *
 * ```ts
 * import { nanoCheckpointPath } from '@qwenvl/nano';
 * const engine = await loadEngine({ model: nanoCheckpointPath });
 * ```
 * @module
 */
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkpoint folder (`config.json`, `model.safetensors`, tokenizer, chat template, processors). */
export const nanoCheckpointPath: string = fileURLToPath(new URL('../checkpoint/', import.meta.url));
