import { join } from 'node:path';

/** Where the hub is, who asks, and where files are kept. */
export interface HubSettings {
  /** Base URL without a trailing slash. */
  readonly endpoint: string;
  /** Access token (`hf_…`) or undefined for an anonymous client. */
  readonly token: string | undefined;
  /** File that holds the token when `token` is undefined; it may not exist. */
  readonly tokenFile: string;
  /** Root of the standard cache: `models--org--name/{blobs,refs,snapshots}`. */
  readonly cacheDir: string;
  /** When true nothing is fetched: only what the cache holds is used. */
  readonly offline: boolean;
}

const truthy = new Set(['1', 'on', 'yes', 'true']);

/**
 * Reads the environment variables of the Python `huggingface_hub` with their meaning there: `HF_HOME`,
 * `HF_HUB_CACHE`, `HF_TOKEN`, `HF_TOKEN_PATH`, `HF_HUB_OFFLINE`, `HF_ENDPOINT`, `XDG_CACHE_HOME`.
 */
export function hubSettingsFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  homeDir: string,
): HubSettings {
  const value = (name: string): string | undefined => {
    const text = env[name]?.trim();
    return text === '' ? undefined : text;
  };
  const hfHome = value('HF_HOME') ?? join(value('XDG_CACHE_HOME') ?? join(homeDir, '.cache'), 'huggingface');
  return {
    endpoint: (value('HF_ENDPOINT') ?? 'https://huggingface.co').replace(/\/+$/, ''),
    token: value('HF_TOKEN'),
    tokenFile: value('HF_TOKEN_PATH') ?? join(hfHome, 'token'),
    cacheDir: value('HF_HUB_CACHE') ?? value('HUGGINGFACE_HUB_CACHE') ?? join(hfHome, 'hub'),
    offline: truthy.has(value('HF_HUB_OFFLINE')?.toLowerCase() ?? ''),
  };
}
