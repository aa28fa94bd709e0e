import { EngineError } from '../errors.js';

const outOfSpace = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const unwritable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

/** How far down a chain of causes an error is looked for. */
const deepestCause = 5;

/** The `code` of a system error, looked for along the chain of causes. */
function systemErrorCode(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; current instanceof Error && depth < deepestCause; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = current.cause;
  }
  return undefined;
}

/** True when a write failed because the disk or quota is full. */
export function isDiskFull(error: unknown): boolean {
  return outOfSpace.has(systemErrorCode(error) ?? '');
}

/** What a failed write to the cache means to the user; undefined when it was not a write that failed. */
export function toWriteError(error: unknown): EngineError | undefined {
  const options = { cause: error };
  if (isDiskFull(error)) {
    const message =
      'The disk of the cache is full. Free some space, or set HF_HOME to a folder on another disk.';
    return new EngineError('disk-full', message, options);
  }
  if (unwritable.has(systemErrorCode(error) ?? '')) {
    const message =
      'The cache cannot be written to. Correct its permissions, or set HF_HOME to another folder.';
    return new EngineError('not-writable', message, options);
  }
  return undefined;
}
