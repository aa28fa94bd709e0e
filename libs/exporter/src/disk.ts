import { mkdir, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ExporterError } from './errors.js';

/** Room wanted beyond the planned bytes, for the graphs and the manifest. */
const MARGIN_BYTES = 64 * 1024 * 1024;

/**
 * Refuses early when the disk of `target` cannot take `bytes` more.
 *
 * @throws ExporterError `disk-full`
 */
export async function requireFreeSpace(target: string, bytes: number): Promise<void> {
  const parent = dirname(resolve(target));
  await mkdir(parent, { recursive: true });
  const { bavail, bsize } = await statfs(parent);
  const free = bavail * bsize;
  const needed = bytes + MARGIN_BYTES;
  if (free < needed) {
    throw new ExporterError(
      'disk-full',
      `The export needs ${megabytes(needed)} MB, but ${parent} has only ${megabytes(free)} MB free`,
    );
  }
}

/** Runs `work` and turns the file system's refusals into errors that say what to do. */
export async function explainWriteErrors<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new ExporterError('disk-full', `The disk became full while writing ${target}. Free some space`, {
        cause,
      });
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw new ExporterError('write-failed', `${target} cannot be written: permission denied`, { cause });
    }
    throw cause;
  }
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
