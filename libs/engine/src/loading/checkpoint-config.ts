import { listWeights, readCheckpointConfig, type CheckpointConfig, type Precision } from '@qwenvl/exporter';
import { fromExporter } from './exporter-errors.js';

/**
 * Reads `config.json` in a folder and refuses what this engine does not run.
 * @throws EngineError `unsupported-checkpoint` names the architecture or the setting; `checkpoint-corrupt`
 */
export async function checkConfig(folder: string): Promise<void> {
  try {
    await readCheckpointConfig(folder);
  } catch (error) {
    throw fromExporter(error);
  }
}

/** Below so many parameters `auto` precision keeps full floats: they cost little, and tiny models suffer most from rounding. */
const smallCheckpoint = 100e6;

/** What `auto` stands for: `fp32` for checkpoints under 100 million parameters, `q4` for all others. */
export function autoPrecision(config: CheckpointConfig): Precision {
  const sizes = listWeights(config).map(({ shape }) => shape.reduce((product, side) => product * side, 1));
  const parameters = sizes.reduce((sum, size) => sum + size, 0);
  return parameters < smallCheckpoint ? 'fp32' : 'q4';
}
