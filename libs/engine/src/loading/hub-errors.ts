import { HubApiError } from '@huggingface/hub';
import { EngineError } from '../errors.js';

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const unwritable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

/** The `code` of a system error, looked for along the chain of causes. */
export function systemErrorCode(error: unknown): string | undefined {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth++
  ) {
    if ('code' in current && typeof current.code === 'string') return current.code;
  }
  return undefined;
}

/** True when a write failed because the disk or quota is full. */
export function isDiskFull(error: unknown): boolean {
  return outOfSpace.has(systemErrorCode(error) ?? '');
}

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
  if (isDiskFull(error)) {
    return new EngineError(
      'disk-full',
      `No space is left for ${repo}. Free some, or set HF_HOME to another disk.`,
      options,
    );
  }
  if (unwritable.has(systemErrorCode(error) ?? '')) {
    return new EngineError(
      'not-writable',
      `The cache cannot be written to. Correct its permissions, or set HF_HOME to a folder that can.`,
      options,
    );
  }
  return new EngineError(
    'network',
    `Could not fetch ${repo} from ${endpoint}. Check the network; with a filled cache HF_HUB_OFFLINE=1 works without one.`,
    options,
  );
}
