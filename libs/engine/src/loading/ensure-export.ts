import { join } from 'node:path';
import { exportCheckpoint, isUpToDate, type Precision } from '@qwenvl/exporter';
import { fromExporter } from './exporter-errors.js';
import type { ProgressListener } from './load-progress.js';
import type { ResolvedCheckpoint } from './resolve-checkpoint.js';

/** Whether {@link ensureExport} has nothing to write. */
export function isExported({ folder, exports }: ResolvedCheckpoint, precision: Precision): Promise<boolean> {
  return isUpToDate({ source: folder, target: join(exports, precision), precision });
}

/**
 * The folder with a checkpoint's graphs at a precision, written when they are not there or out of date.
 * @throws EngineError `checkpoint-missing`, `checkpoint-corrupt`, `unsupported-checkpoint`, `disk-full`, `not-writable`
 */
export async function ensureExport(
  { folder, exports }: ResolvedCheckpoint,
  precision: Precision,
  onProgress?: ProgressListener,
): Promise<string> {
  const target = join(exports, precision);
  try {
    await exportCheckpoint({
      source: folder,
      target,
      precision,
      onProgress: ({ phase, doneBytes, totalBytes }) => {
        onProgress?.({
          stage: phase === 'checksum' ? 'checksum' : 'export',
          done: doneBytes,
          total: totalBytes,
          file: phase,
        });
      },
    });
  } catch (error) {
    throw fromExporter(error);
  }
  return target;
}
