import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  parseShardIndex,
  requireFile,
  shardIndexName,
  singleShardName,
  smallCheckpointFiles,
} from './checkpoint-files.js';

/**
 * Checks that a folder holds a whole checkpoint: every small file and every shard that the index names.
 * @throws EngineError `checkpoint-missing` names what is not there; `checkpoint-corrupt` for an unreadable index.
 */
export async function checkLocalCheckpoint(folder: string): Promise<void> {
  const available = new Set(await readdir(folder));
  smallCheckpointFiles(available, folder);
  if (!available.has(shardIndexName)) {
    requireFile(singleShardName, available, folder);
    return;
  }
  for (const shard of parseShardIndex(await readFile(join(folder, shardIndexName), 'utf8'))) {
    requireFile(shard, available, folder);
  }
}
