import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CheckpointConfig } from './config/checkpoint-config.js';
import { CONFIG_FILE, readCheckpointConfig } from './config/read-checkpoint-config.js';
import { explainWriteErrors, requireFreeSpace } from './disk.js';
import { optionsOf, type ExportOptions } from './export-options.js';
import type { ExportProgress, ExportRequest } from './export-request.js';
import type { GraphPlan } from './graphs/graph-plan.js';
import { planGraphs } from './graphs/plan-graphs.js';
import { EXPORTER_VERSION, MANIFEST_FILE, type ExportManifest, type SourceFile } from './manifest.js';
import { CheckpointReader } from './safetensors/checkpoint-reader.js';
import { FLOAT_BYTES } from './safetensors/float-decoder.js';
import { describeSources, sumSizes } from './source-files.js';
import { replaceFolder } from './staging-folder.js';
import { upToDateManifest } from './up-to-date.js';
import { writeGraphs } from './write-graphs.js';

/**
 * Exports a Qwen3-VL checkpoint to ONNX graphs, unless `target` holds that very export already. Memory stays bounded
 * whatever the checkpoint's size; the target appears at once when everything is written.
 *
 * @returns the manifest of the export
 * @throws ExporterError with a code for each foreseen failure; the signal's reason when it is aborted
 */
export async function exportCheckpoint(request: ExportRequest): Promise<ExportManifest> {
  const options = optionsOf(request);
  const current = await upToDateManifest(request.source, request.target, options);
  if (current) return current;
  const config = await readCheckpointConfig(request.source);
  const plans = planGraphs(config, options);
  const reader = await CheckpointReader.open(request.source);
  try {
    return await write(request, options, config, plans, reader);
  } finally {
    await reader.close();
  }
}

async function write(
  { source, target, onProgress, signal }: ExportRequest,
  options: ExportOptions,
  config: CheckpointConfig,
  plans: readonly GraphPlan[],
  reader: CheckpointReader,
): Promise<ExportManifest> {
  signal?.throwIfAborted();
  const sourceNames = [CONFIG_FILE, ...reader.files];
  const totalBytes = sumWeightBytes(plans, reader) + (await sumSizes(source, sourceNames));
  await requireFreeSpace(
    target,
    plans.reduce((sum, { data }) => sum + data.bytes, 0),
  );
  let doneBytes = 0;
  const advance = (phase: ExportProgress['phase'], bytes: number): void => {
    doneBytes += bytes;
    onProgress?.({ phase, doneBytes, totalBytes });
  };
  return explainWriteErrors(target, () =>
    replaceFolder(resolve(target), async (folder) => {
      await writeGraphs(plans, { reader, folder, onBytes: advance, signal });
      const sources = await describeSources(
        source,
        sourceNames,
        (bytes) => {
          advance('checksum', bytes);
        },
        signal,
      );
      const manifest = describe(options, config, plans, sources);
      await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
      return manifest;
    }),
  );
}

/** Also finds every missing or misshapen tensor before anything is written. */
function sumWeightBytes(plans: readonly GraphPlan[], reader: CheckpointReader): number {
  return plans
    .flatMap(({ data }) => data.weights)
    .reduce((sum, { source, sourceShape, rows, columns }) => {
      const { dtype } = reader.tensor(source, sourceShape);
      return sum + rows * columns * FLOAT_BYTES[dtype];
    }, 0);
}

function describe(
  options: ExportOptions,
  config: CheckpointConfig,
  plans: readonly GraphPlan[],
  sources: readonly SourceFile[],
): ExportManifest {
  return {
    exporter: { name: '@qwenvl/exporter', version: EXPORTER_VERSION },
    createdAt: new Date().toISOString(),
    options,
    sources: [...sources],
    files: plans.flatMap(({ name, model, data, variants = [] }) => [
      { file: `${name}.onnx`, bytes: model.byteLength },
      ...variants.map((variant) => ({ file: variant.file, bytes: variant.model.byteLength })),
      { file: data.file, bytes: data.bytes },
    ]),
    model: config,
  };
}
