import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CheckpointConfig, Precision } from '@qwenvl/exporter';
import type { GraphBackend } from '../runtime/graph-session.js';
import { GraphRuntime, type GraphRuntimeOptions } from '../runtime/graph-runtime.js';
import { modelShape } from '../runtime/model-shape.js';
import { exportToTemporary, modelSmall } from './golden.js';

/** The reference's small model on one thread, exported to a folder of its own. */
export interface SmallRuntime {
  readonly runtime: GraphRuntime;
  readonly config: CheckpointConfig;
  /** What it was made with, for another runtime on the same export. */
  readonly options: GraphRuntimeOptions;
  /** Frees it and removes the export. */
  close(): Promise<void>;
}

/** Exports the small model, in 32 bits unless told otherwise, and opens it on a backend. */
export async function openSmallRuntime(
  backend: GraphBackend,
  precision: Precision = 'fp32',
): Promise<SmallRuntime> {
  const { graphs, manifest } = await exportToTemporary(modelSmall, precision);
  const config = manifest.model;
  const options = { graphs, shape: modelShape(config), threads: 1, backend };
  const runtime = await GraphRuntime.create(options);
  return {
    runtime,
    config,
    options,
    close: async () => {
      await runtime.close();
      await rm(dirname(graphs), { recursive: true });
    },
  };
}
