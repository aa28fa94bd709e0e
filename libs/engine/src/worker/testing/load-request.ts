import { hubSettingsFromEnvironment } from '../../loading/hub-settings.js';
import type { LoadRequest } from '../../loading/load-request.js';
import { defaultLimits } from '../../scheduler/scheduler-limits.js';

/** A request for a small model in 32 bits on one thread, kept in `cacheDir`. */
export function smallRequest(
  model: string,
  cacheDir: string,
  { runtime, limits }: Pick<LoadRequest, 'runtime'> & { readonly limits: Partial<LoadRequest['limits']> },
): LoadRequest {
  return {
    model,
    revision: 'main',
    precision: 'fp32',
    hub: hubSettingsFromEnvironment({ HF_HUB_CACHE: cacheDir }, cacheDir),
    threads: 1,
    runtime,
    device: 'cpu',
    kvCache: 'f32',
    prefillWeights: 'shared',
    contextLength: undefined,
    kvMemory: 1e9,
    limits: { ...defaultLimits, ...limits },
  };
}
