import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkpointConfigSchema } from './config/checkpoint-config.js';
import { ExporterError } from './errors.js';
import { exportOptionsSchema } from './export-options.js';

/**
 * Version of what this exporter writes: raise it with every change to the graphs, the formats or the rounding, so
 * that exports made before are made anew.
 */
export const EXPORTER_VERSION = '10';

/** Name of the manifest in an export's folder. */
export const MANIFEST_FILE = 'manifest.json';

const bytes = z.int().nonnegative();

const sourceFileSchema = z.object({
  file: z.string(),
  bytes,
  /** Modification time in ms since 1970. While it and the size stay, the contents are taken as unchanged. */
  modified: z.number(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const outputFileSchema = z.object({ file: z.string(), bytes });

/** Schema of `manifest.json`, which lies beside the graphs and says what they are and where they came from. */
export const exportManifestSchema = z.object({
  exporter: z.object({ name: z.literal('@qwenvl/exporter'), version: z.string() }),
  createdAt: z.iso.datetime(),
  options: exportOptionsSchema,
  /** The checkpoint's files, weights and config. */
  sources: z.array(sourceFileSchema),
  /** What was written, without the manifest itself. */
  files: z.array(outputFileSchema),
  /** The facts about the model that a runtime needs. */
  model: checkpointConfigSchema,
});

/** A file of the checkpoint, as it was when it was exported. */
export type SourceFile = z.infer<typeof sourceFileSchema>;

/** What an export is and where it came from; see {@link exportManifestSchema} for each field. */
export type ExportManifest = z.infer<typeof exportManifestSchema>;

/**
 * Reads the manifest of an export.
 *
 * @throws ExporterError `missing-file` when the folder holds no export, `invalid-manifest` when it cannot be read
 */
export async function readManifest(folder: string): Promise<ExportManifest> {
  const path = join(folder, MANIFEST_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new ExporterError('missing-file', `${folder} holds no export: there is no ${MANIFEST_FILE}`, {
      cause,
    });
  }
  try {
    return exportManifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ExporterError('invalid-manifest', `${path} is damaged or of another version; export again`, {
      cause,
    });
  }
}
