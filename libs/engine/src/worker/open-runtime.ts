import type { Checkpoint } from '../checkpoint/parse-checkpoint.js';
import type { LoadRequest } from '../loading/load-request.js';
import { GraphRuntime } from '../runtime/graph-runtime.js';
import { measureScales } from '../runtime/measure-scales.js';
import { modelShape } from '../runtime/model-shape.js';
import { calibrationText } from './calibration-text.js';
import { openBackend } from './open-backend.js';
import { storedScales } from './stored-scales.js';

/** Most tokens of the calibration text that are computed. */
const calibrationTokens = 512;

/** A runtime, and which it is. */
export interface OpenedRuntime {
  readonly runtime: GraphRuntime;
  readonly name: 'native' | 'stock';
  /** Why it is not the native one where that was wanted. */
  readonly fallback: string | undefined;
}

/**
 * Reads an export's graphs the way a request asks for.
 * @throws EngineError `invalid-request` when that cannot be had; `checkpoint-corrupt`, `out-of-memory`;
 * `not-writable`, `disk-full` when the scales of an 8-bit cache cannot be stored
 */
export async function openRuntime(
  request: Pick<LoadRequest, 'runtime' | 'device' | 'kvCache' | 'threads'>,
  graphs: string,
  { config, tokenizer }: Pick<Checkpoint, 'config' | 'tokenizer'>,
): Promise<OpenedRuntime> {
  const { backend, fallback } = await openBackend(request);
  const options = { graphs, shape: modelShape(config), threads: request.threads, backend };
  const measure = () =>
    measureScales(
      options,
      config,
      Int32Array.from(tokenizer.encodePlain(calibrationText).slice(0, calibrationTokens)),
    );
  const cacheScales =
    request.kvCache === 'int8' ? await storedScales(graphs, options.shape, measure) : undefined;
  return { runtime: await GraphRuntime.create({ ...options, cacheScales }), name: backend.name, fallback };
}
