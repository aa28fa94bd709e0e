import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExporterError } from '../errors.js';
import type { CheckpointConfig } from './checkpoint-config.js';
import { parseCheckpointConfig } from './parse-checkpoint-config.js';

/** The checkpoint's own description, in its folder. */
export const CONFIG_FILE = 'config.json';

/**
 * Reads the config of the checkpoint in a folder.
 *
 * @throws ExporterError `missing-file`, `corrupt-file`, `unsupported-checkpoint` or `invalid-config`
 */
export async function readCheckpointConfig(source: string): Promise<CheckpointConfig> {
  const path = join(source, CONFIG_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ExporterError('missing-file', `${source} is no checkpoint: it has no ${CONFIG_FILE}`, {
      cause,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ExporterError('corrupt-file', `${path} is not JSON. Delete it and download it again`, {
      cause,
    });
  }
  return parseCheckpointConfig(json);
}
