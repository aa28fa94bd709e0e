import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphName, GraphPlan } from './graphs/graph-plan.js';
import type { CheckpointReader } from './safetensors/checkpoint-reader.js';
import { writeWeight } from './weights/write-weight.js';

/** What {@link writeGraphs} needs besides the plans. */
export interface WriteGraphsOptions {
  readonly reader: CheckpointReader;
  readonly folder: string;
  /** Called with the number of source bytes just converted. */
  readonly onBytes?: (graph: GraphName, bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the graphs and their weights into an existing folder. */
export async function writeGraphs(plans: readonly GraphPlan[], options: WriteGraphsOptions): Promise<void> {
  for (const plan of plans) {
    await writeFile(join(options.folder, `${plan.name}.onnx`), plan.model);
    for (const { file, model } of plan.variants ?? []) await writeFile(join(options.folder, file), model);
    await writeData(plan, options);
  }
}

async function writeData(
  plan: GraphPlan,
  { reader, folder, onBytes, signal }: WriteGraphsOptions,
): Promise<void> {
  const handle = await open(join(folder, plan.data.file), 'wx');
  try {
    const writer = { write: (bytes: Uint8Array, position: number) => writeFully(handle, bytes, position) };
    for (const weight of plan.data.weights) {
      await writeWeight(weight, reader, writer, { signal, onBytes: (bytes) => onBytes?.(plan.name, bytes) });
    }
    await handle.truncate(plan.data.bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    done += (await handle.write(bytes, done, bytes.byteLength - done, position + done)).bytesWritten;
  }
}
