import { loadEngine } from '@qwenvl/engine';
import { nanoCheckpointPath } from '@qwenvl/nano';
import type { Config } from '../config/config-schema.js';
import { fingerprintFolder } from './fingerprint-folder.js';
import { loadUpstream, type UpstreamConfig } from '../upstream/load-upstream.js';
import type { LoadModel } from './model-host.js';

/** The embedded checkpoint's name for clients. */
export const EMBEDDED_ID = 'qwenvl-nano';

/** The engine's words for the values of TORCH_DTYPE. */
const precisions = { auto: 'auto', q4: 'q4', q8: 'q8', float16: 'fp16', float32: 'fp32' } as const;

/** The settings that decide what is loaded, and how. */
export type ModelConfig = Pick<
  Config,
  | 'MODEL_REPO_ID'
  | 'MODEL_REVISION'
  | 'TORCH_DTYPE'
  | 'DEVICE_MAP'
  | 'ENGINE_RUNTIME'
  | 'KV_CACHE_DTYPE'
  | 'PREFILL_WEIGHTS'
  | 'CONTEXT_MAX_TOKENS_AUTO'
  | 'CONTEXT_SAFETY_MARGIN'
  | 'MAX_CONCURRENCY'
  | 'DETERMINISTIC'
  | 'SPECULATION'
  | 'ENGINE'
> &
  UpstreamConfig;

/** The id that clients use for the configured model. */
export function modelId(config: ModelConfig): string {
  return config.MODEL_REPO_ID ?? (config.ENGINE === 'openai' ? 'upstream' : EMBEDDED_ID);
}

/** Loads the configured model, or the embedded one, or finds the engines that answer instead. */
export function createModelLoader(config: ModelConfig): LoadModel {
  if (config.ENGINE === 'openai') return loadUpstream(config);
  const model = config.MODEL_REPO_ID ?? nanoCheckpointPath;
  const context = config.CONTEXT_MAX_TOKENS_AUTO;
  return async (onProgress) => {
    const engine = await loadEngine({
      model,
      revision: config.MODEL_REVISION,
      precision: precisions[config.TORCH_DTYPE],
      device: config.DEVICE_MAP === 'auto' ? 'cpu' : config.DEVICE_MAP,
      runtime: config.ENGINE_RUNTIME,
      kvCache: config.KV_CACHE_DTYPE === 'int8' ? 'int8' : 'f32',
      prefillWeights: config.PREFILL_WEIGHTS,
      contextLength: context === undefined ? undefined : context - config.CONTEXT_SAFETY_MARGIN,
      maxSequences: config.MAX_CONCURRENCY,
      // Requests wait in the server's own queue; the engine's is for the moment between two steps.
      maxQueued: config.MAX_CONCURRENCY,
      deterministic: config.DETERMINISTIC,
      speculation: config.SPECULATION,
      onProgress: ({ stage, done, total }) => {
        onProgress({ stage, done, total });
      },
    });
    const { revision, precision, contextLength, thinking, kvCache, prefillWeights, device, maxImagePixels } =
      engine.info;
    const weights = revision ?? (await fingerprintFolder(model));
    const computed = [precision, contextLength, kvCache, prefillWeights, device];
    return {
      engine,
      profile: {
        id: modelId(config),
        fingerprint: [modelId(config), weights, ...computed].join(' '),
        startsInReasoning: thinking,
        contextTokens: contextLength,
        maxImagePixels,
      },
    };
  };
}
