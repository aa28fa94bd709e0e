import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { MediaError } from '../media-error.js';
import { tooManyBytes } from './collect-bytes.js';

/** An opened file below an allowed folder; whoever holds it closes it. */
export interface LocalFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/**
 * Opens a file of the server's own disk, if it lies below one of the allowed folders once all links are followed.
 * What is not there and what may not be read give the same error: the answer tells nothing about the disk.
 *
 * @throws MediaError `blocked-path`, `too-large`.
 */
export async function openLocalFile(
  path: string,
  roots: readonly string[],
  maxBytes: number,
): Promise<LocalFile> {
  const [firstRoot] = roots;
  if (firstRoot === undefined) {
    throw new MediaError('blocked-path', 'Local files are not read here: give a URL or base64 text.');
  }
  if (path.includes('\0')) throw blockedPath();
  const real = await reachable(realpath(resolve(firstRoot, path)));
  // A folder that is not there holds nothing; it must not make the others unreadable.
  const realRoots = await Promise.allSettled(roots.map((root) => realpath(root)));
  if (!realRoots.some((root) => root.status === 'fulfilled' && isBelow(real, root.value)))
    throw blockedPath();
  const handle = await reachable(
    open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw blockedPath();
    if (stat.size > maxBytes) throw tooManyBytes(maxBytes);
    return { handle, size: stat.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function reachable<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw new MediaError('blocked-path', blockedPath().message, { cause: error });
  }
}

function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function blockedPath(): MediaError {
  return new MediaError('blocked-path', 'There is no such file in the folders that may be read.');
}
