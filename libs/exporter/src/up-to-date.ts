import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExporterError } from './errors.js';
import { optionsOf, type ExportOptions } from './export-options.js';
import type { ExportRequest } from './export-request.js';
import { EXPORTER_VERSION, readManifest, type ExportManifest } from './manifest.js';
import { isUnchanged } from './source-files.js';

/** Whether `target` holds an export of `source` as it is now, by this exporter and with these options. */
export async function isUpToDate(
  request: Pick<ExportRequest, 'source' | 'target' | 'precision' | 'blockSize' | 'int8Prefill'>,
): Promise<boolean> {
  return (await upToDateManifest(request.source, request.target, optionsOf(request))) !== undefined;
}

/**
 * The manifest of the export in `target`, when that export would come out the same if it were made now, or has a prefill
 * graph besides.
 */
export async function upToDateManifest(
  source: string,
  target: string,
  options: ExportOptions,
): Promise<ExportManifest | undefined> {
  const manifest = await readManifest(target).catch((error: unknown) => {
    if (ExporterError.isInstance(error)) return undefined;
    throw error;
  });
  if (manifest?.exporter.version !== EXPORTER_VERSION) return undefined;
  if (manifest.options.precision !== options.precision) return undefined;
  if (manifest.options.blockSize !== options.blockSize) return undefined;
  if (options.int8Prefill === true && manifest.options.int8Prefill !== true) return undefined;
  for (const { file, bytes } of manifest.files) {
    const written = await stat(join(target, file)).catch(() => undefined);
    if (written?.size !== bytes) return undefined;
  }
  for (const file of manifest.sources) if (!(await isUnchanged(source, file))) return undefined;
  return manifest;
}
