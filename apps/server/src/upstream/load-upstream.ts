import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config-schema.js';
import type { LoadModel } from '../model/model-host.js';
import { UpstreamEngine } from './upstream-engine.js';
import { UpstreamPool } from './upstream-pool.js';

/** The settings of the gateway. */
export type UpstreamConfig = Pick<
  Config,
  'UPSTREAM_URL' | 'UPSTREAM_API_KEY' | 'MODEL_REPO_ID' | 'CONTEXT_MAX_TOKENS_AUTO'
>;

// Unknown here; engines refuse what is too long themselves.
const contextTokens = 1_000_000;

/** "Loads" the engines behind this server: asks which model they have, and fails where none answers. */
export function loadUpstream(config: UpstreamConfig): LoadModel {
  return async () => {
    const pool = new UpstreamPool({ urls: config.UPSTREAM_URL, apiKey: config.UPSTREAM_API_KEY });
    try {
      const served = await pool.firstModel();
      const model = config.MODEL_REPO_ID ?? served;
      return {
        engine: new UpstreamEngine(pool, model),
        profile: {
          id: config.MODEL_REPO_ID ?? 'upstream',
          // Never the same again: there are no tokens to go on from, whoever takes a stream up.
          fingerprint: `upstream ${model} ${randomUUID()}`,
          startsInReasoning: true,
          contextTokens: config.CONTEXT_MAX_TOKENS_AUTO ?? contextTokens,
        },
      };
    } catch (error) {
      pool.close();
      throw error;
    }
  };
}
