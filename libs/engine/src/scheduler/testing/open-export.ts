import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readCheckpointConfig, type CheckpointConfig } from '@qwenvl/exporter';
import { GraphRuntime } from '../../runtime/graph-runtime.js';
import type { GraphBackend } from '../../runtime/graph-session.js';
import { modelShape } from '../../runtime/model-shape.js';
import { nativeBackend } from '../../runtime/native/native-backend.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import { tokenizerSchema } from '../../tokenizer/tokenizer-schema.js';

/** What measurements in this process run on. */
export interface OpenExport {
  readonly config: CheckpointConfig;
  readonly tokenizer: Tokenizer;
  readonly runtime: GraphRuntime;
  readonly threads: number;
}

/** Opens an export's folder and its checkpoint's, on the native backend when none is given. */
export async function openExport(
  graphs: string | undefined,
  checkpoint: string | undefined,
  backend: GraphBackend = nativeBackend(),
): Promise<OpenExport> {
  if (graphs === undefined || checkpoint === undefined) throw new Error('give an export and its checkpoint');
  const config = await readCheckpointConfig(checkpoint);
  const json = tokenizerSchema.parse(JSON.parse(readFileSync(join(checkpoint, 'tokenizer.json'), 'utf8')));
  const threads = availableParallelism();
  const runtime = await GraphRuntime.create({
    graphs,
    shape: modelShape(config),
    threads,
    backend,
  });
  return { config, tokenizer: new Tokenizer(json), runtime, threads };
}
