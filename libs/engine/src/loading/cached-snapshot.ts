import { copyFile, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { checkLocalCheckpoint } from './local-checkpoint.js';

/** The standard cache's folders for one model: `models--org--name/{blobs,refs,snapshots}`. */
export class CachedRepository {
  /** The repository's folder in the cache. */
  readonly folder: string;

  constructor(cacheDir: string, repo: string) {
    this.folder = join(cacheDir, `models--${repo.replaceAll('/', '--')}`);
  }

  blobPath(etag: string): string {
    return join(this.folder, 'blobs', etag);
  }

  snapshotPath(commit: string): string {
    return join(this.folder, 'snapshots', commit);
  }

  /** The commit that a branch or tag stood for when it was last fetched; a commit stands for itself. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (/^[0-9a-f]{40}$/.test(revision)) return revision;
    try {
      return (await readFile(join(this.folder, 'refs', revision), 'utf8')).trim();
    } catch {
      return undefined;
    }
  }

  /** Notes what a branch or tag stands for, once its files are all here. */
  async setCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    const path = join(this.folder, 'refs', revision);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.${process.pid}`, commit);
    await rename(`${path}.${process.pid}`, path);
  }

  /** Links a verified blob into a snapshot; a copy where the system has no links. */
  async link(commit: string, name: string, etag: string): Promise<void> {
    const path = join(this.snapshotPath(commit), name);
    const blob = this.blobPath(etag);
    if ((await realPath(path)) === (await realPath(blob))) return;
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    try {
      await symlink(relative(dirname(path), blob), path);
    } catch {
      await copyFile(blob, path);
    }
  }

  /**
   * The folder of a whole checkpoint in the cache.
   * @throws EngineError `checkpoint-missing` when a file is not there, `checkpoint-corrupt` for a bad index.
   */
  async wholeSnapshot(commit: string): Promise<string> {
    const folder = this.snapshotPath(commit);
    await checkLocalCheckpoint(folder);
    return folder;
  }

  /** True when the blob is there with its full size: it got its name only after its digest was verified. */
  async hasBlob(etag: string, size: number): Promise<boolean> {
    try {
      return (await stat(this.blobPath(etag))).size === size;
    } catch {
      return false;
    }
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
