import { HubApiError } from '@huggingface/hub';
import { EngineError } from '../errors.js';
import { toWriteError } from './system-errors.js';

/**
 * Turns what the hub client, `fetch` or the file system threw into one {@link EngineError} that says what to do.
 * An `EngineError` passes unchanged.
 */
export function toLoadingError(error: unknown, repo: string, endpoint: string): EngineError {
  if (EngineError.isInstance(error)) return error;
  const options = { cause: error };
  if (error instanceof HubApiError) {
    const { statusCode } = error;
    if (statusCode === 401 || statusCode === 403) {
      return new EngineError(
        'hub-refused',
        `${endpoint} refuses access to ${repo} (status ${statusCode}). Check the name; for a private or gated model set HF_TOKEN to a token that may read it.`,
        options,
      );
    }
    if (statusCode === 404) {
      return new EngineError(
        'checkpoint-missing',
        `${endpoint} has no model ${repo} at this revision. Check the name, or give the path of a local folder.`,
        options,
      );
    }
    return new EngineError(
      'network',
      `${endpoint} answered ${repo} with status ${statusCode}. Try again later.`,
      options,
    );
  }
  const writeError = toWriteError(error);
  if (writeError) return writeError;
  return new EngineError(
    'network',
    `Could not fetch ${repo} from ${endpoint}. Check the network; with a filled cache HF_HUB_OFFLINE=1 works without one.`,
    options,
  );
}
