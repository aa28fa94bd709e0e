import type { CheckpointConfig } from '@qwenvl/exporter';
import { MropeRotary } from '../positions/mrope-rotary.js';
import { scalesOf, type CacheScales } from './cache-scales.js';
import { GraphRuntime, type GraphRuntimeOptions } from './graph-runtime.js';

/** Computes the keys and values of some tokens in 32 bits and returns the scales that hold them. */
export async function measureScales(
  options: Omit<GraphRuntimeOptions, 'cacheScales'>,
  config: CheckpointConfig,
  ids: Int32Array,
): Promise<CacheScales> {
  const runtime = await GraphRuntime.create(options);
  try {
    const cache = runtime.createCache();
    const angles = new MropeRotary(config.text).text([...ids.keys()]);
    await runtime.forward([{ cache, embeds: await runtime.embed(ids), ...angles, logitRows: [0] }]);
    return scalesOf(cache);
  } finally {
    await runtime.close();
  }
}
