import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCheckpointConfig, type CheckpointConfig, type Precision } from '@qwenvl/exporter';
import { EngineError } from '../errors.js';
import { fromExporter } from './exporter-errors.js';

/**
 * Reads and checks a checkpoint's `config.json`.
 * @throws EngineError `unsupported-checkpoint` names the architecture or the setting; `checkpoint-corrupt`
 */
export async function readCheckpointConfig(folder: string): Promise<CheckpointConfig> {
  const text = await readFile(join(folder, 'config.json'), 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new EngineError('checkpoint-corrupt', 'config.json is not JSON. Fetch it again.', { cause });
  }
  try {
    return parseCheckpointConfig(json);
  } catch (error) {
    throw fromExporter(error);
  }
}

/** Weights of the checkpoint's matrices, which is nearly all of them. */
export function parameterCount({ text, vision, tiedHead }: CheckpointConfig): number {
  const attention = text.hiddenSize * text.headDim * 2 * (text.heads + text.kvHeads);
  const layer = attention + 3 * text.hiddenSize * text.intermediateSize;
  const table = text.vocabSize * text.hiddenSize;
  const block = 4 * vision.hiddenSize ** 2 + 2 * vision.hiddenSize * vision.intermediateSize;
  const merged = vision.hiddenSize * vision.mergeSize ** 2;
  const mergers = (1 + vision.deepstackBlocks.length) * merged * (merged + text.hiddenSize);
  return text.layers * layer + (tiedHead ? 1 : 2) * table + vision.depth * block + mergers;
}

/** Below so many parameters `auto` precision keeps full floats: they cost little, and tiny models suffer most from rounding. */
const smallCheckpoint = 100e6;

/** What `auto` stands for: `fp32` for checkpoints under 100 million parameters, `q4` for all others. */
export function autoPrecision(config: CheckpointConfig): Precision {
  return parameterCount(config) < smallCheckpoint ? 'fp32' : 'q4';
}
