import { readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CheckpointConfig } from './config/checkpoint-config.js';
import { parseCheckpointConfig } from './config/parse-checkpoint-config.js';
import { explainWriteErrors, requireFreeSpace } from './disk.js';
import { ExporterError } from './errors.js';
import { exportOptionsSchema, type BlockSize, type ExportOptions, type Precision } from './export-options.js';
import type { GraphName, GraphPlan } from './graphs/graph-plan.js';
import { planGraphs } from './graphs/plan-graphs.js';
import {
  EXPORTER_VERSION,
  MANIFEST_FILE,
  readManifest,
  type ExportManifest,
  type SourceFile,
} from './manifest.js';
import { CheckpointReader } from './safetensors/checkpoint-reader.js';
import { FLOAT_BYTES } from './safetensors/float-decoder.js';
import { describeSources, isUnchanged, sumSizes } from './source-files.js';
import { replaceFolder } from './staging-folder.js';
import { writeGraphs } from './write-graphs.js';

const CONFIG_FILE = 'config.json';

/** Block size when none is given: a third larger than 32 costs no accuracy to speak of and reads 11 % fewer bytes. */
const DEFAULT_BLOCK_SIZE = 64;

/** How far an export has come, over all its phases. The checkpoint's bytes count twice: converted, then summed. */
export interface ExportProgress {
  readonly phase: 'checksum' | GraphName;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What to export, where to, and how. */
export interface ExportRequest {
  /** Folder with `config.json` and safetensors files, in Hugging Face layout. */
  readonly source: string;
  /** Folder to make; one that is there already is replaced when it is out of date. */
  readonly target: string;
  readonly precision: Precision;
  /** Weights that share a scale in `q8` and `q4`. Default 64. */
  readonly blockSize?: BlockSize | undefined;
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
  /** Stops the export within one step and removes what was written. */
  readonly signal?: AbortSignal | undefined;
}

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
  const config = await readConfig(request.source);
  const plans = planGraphs(config, options);
  const reader = await CheckpointReader.open(request.source);
  try {
    return await write(request, options, config, plans, reader);
  } finally {
    await reader.close();
  }
}

/** Whether `target` holds an export of `source` as it is now, by this exporter and with these options. */
export async function isUpToDate(
  request: Pick<ExportRequest, 'source' | 'target' | 'precision' | 'blockSize'>,
): Promise<boolean> {
  return (await upToDateManifest(request.source, request.target, optionsOf(request))) !== undefined;
}

async function upToDateManifest(
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
  for (const { file, bytes } of manifest.files) {
    const written = await stat(join(target, file)).catch(() => undefined);
    if (written?.size !== bytes) return undefined;
  }
  for (const file of manifest.sources) if (!(await isUnchanged(source, file))) return undefined;
  return manifest;
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

function optionsOf({ precision, blockSize }: Pick<ExportRequest, 'precision' | 'blockSize'>): ExportOptions {
  const parsed = exportOptionsSchema.safeParse({ precision, blockSize: blockSize ?? DEFAULT_BLOCK_SIZE });
  if (parsed.success) return parsed.data;
  throw new ExporterError(
    'invalid-option',
    `precision must be fp32, fp16, q8 or q4 and blockSize 32, 64 or 128; not ${precision} and ${blockSize}`,
  );
}

async function readConfig(source: string): Promise<CheckpointConfig> {
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
    files: plans.flatMap(({ name, model, data }) => [
      { file: `${name}.onnx`, bytes: model.byteLength },
      { file: data.file, bytes: data.bytes },
    ]),
    model: config,
  };
}
