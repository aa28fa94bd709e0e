import type { CheckpointConfig } from '@qwenvl/exporter';
import type { Checkpoint } from '../checkpoint/parse-checkpoint.js';
import type { LoadRequest } from '../loading/load-request.js';
import type { PrefillWeights } from '../loading/prefill-weights.js';
import { GraphRuntime } from '../runtime/graph-runtime.js';
import type { GraphBackend } from '../runtime/graph-session.js';
import { measureScales } from '../runtime/measure-scales.js';
import { modelShape } from '../runtime/model-shape.js';
import { calibrationText } from './calibration-text.js';
import { storedScales } from './stored-scales.js';

/** Most tokens of the calibration text that are computed. */
const calibrationTokens = 512;

/** A runtime, and the checkpoint beside its weights. */
export interface OpenedRuntime {
  readonly runtime: GraphRuntime;
  readonly checkpoint: Checkpoint;
}

/**
 * Reads an export's graphs the way a request asks for. The native runtime reads them in threads of its own; the rest
 * of the checkpoint, a second's work at the full vocabulary, is parsed meanwhile.
 * @throws EngineError `checkpoint-corrupt`, `out-of-memory`; `not-writable`, `disk-full` when the scales of an 8-bit
 * cache cannot be stored; what `parse` throws
 */
export async function openRuntime(
  request: Pick<LoadRequest, 'kvCache' | 'threads'>,
  { backend, prefillWeights }: { readonly backend: GraphBackend; readonly prefillWeights: PrefillWeights },
  graphs: string,
  config: CheckpointConfig,
  parse: () => Checkpoint,
): Promise<OpenedRuntime> {
  const options = { graphs, shape: modelShape(config), threads: request.threads, backend };
  const measure = () => {
    const ids = parse().tokenizer.encodePlain(calibrationText).slice(0, calibrationTokens);
    return measureScales(options, config, Int32Array.from(ids));
  };
  const cacheScales =
    request.kvCache === 'int8' ? await storedScales(graphs, options.shape, measure) : undefined;
  const opening = GraphRuntime.create({ ...options, cacheScales, prefillWeights });
  try {
    const checkpoint = parse();
    return { runtime: await opening, checkpoint };
  } catch (error) {
    await opening.then(
      (runtime) => runtime.close(),
      () => undefined, // it is the error, or one beside it
    );
    throw error;
  }
}
