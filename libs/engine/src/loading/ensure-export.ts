import { join } from 'node:path';
import { exportCheckpoint, isUpToDate, type Precision } from '@qwenvl/exporter';
import { fromExporter } from './exporter-errors.js';
import type { ProgressListener } from './load-progress.js';
import type { PrefillWeights } from './prefill-weights.js';
import type { ResolvedCheckpoint } from './resolve-checkpoint.js';

/** What of a request decides which graphs are needed. */
interface GraphChoice {
  readonly precision: Precision;
  readonly prefillWeights: PrefillWeights;
}

function exportRequest({ folder, exports }: ResolvedCheckpoint, { precision, prefillWeights }: GraphChoice) {
  const int8Prefill = prefillWeights === 'int8';
  return { source: folder, target: join(exports, precision), precision, int8Prefill };
}

/** Whether {@link ensureExport} has nothing to write. */
export function isExported(checkpoint: ResolvedCheckpoint, choice: GraphChoice): Promise<boolean> {
  return isUpToDate(exportRequest(checkpoint, choice));
}

/**
 * The folder with a checkpoint's graphs at a precision, written when they are not there or out of date.
 * @throws EngineError `checkpoint-missing`, `checkpoint-corrupt`, `unsupported-checkpoint`, `disk-full`, `not-writable`
 */
export async function ensureExport(
  checkpoint: ResolvedCheckpoint,
  choice: GraphChoice,
  onProgress?: ProgressListener,
): Promise<string> {
  const request = exportRequest(checkpoint, choice);
  try {
    await exportCheckpoint({
      ...request,
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
  return request.target;
}
