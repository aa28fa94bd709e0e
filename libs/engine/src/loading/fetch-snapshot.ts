import { HubApiError } from '@huggingface/hub';
import { mkdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../errors.js';
import { CachedRepository } from './cached-snapshot.js';
import {
  parseShardIndex,
  requireFile,
  shardIndexName,
  singleShardName,
  smallCheckpointFiles,
} from './checkpoint-files.js';
import { downloadBlob } from './download-blob.js';
import { toLoadingError } from './hub-errors.js';
import { HubRepository, hubToken, type HubFile } from './hub-repository.js';
import type { HubSettings } from './hub-settings.js';
import type { ProgressListener } from './load-progress.js';

export interface SnapshotRequest {
  /** `org/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly settings: HubSettings;
  /** Looks at the folder when `config.json` is there, before any weights are fetched; throws to stop. */
  readonly checkConfig: (folder: string) => Promise<void>;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
  /** See {@link downloadBlob}. */
  readonly retryDelays?: readonly number[] | undefined;
}

/** A checkpoint in the cache, whole and verified. */
export interface Snapshot {
  readonly folder: string;
  /** The 40 hexadecimal digits of the revision. */
  readonly commit: string;
  /** The repository's folder in the cache, which holds all its revisions. */
  readonly repositoryFolder: string;
}

/**
 * Brings a checkpoint from the hub into the standard cache, or finds it there.
 *
 * Offline, or when the hub cannot be reached, the cache alone is used. A revision counts as fetched (its name under
 * `refs` is written) only when all its files are there.
 * @throws EngineError `offline`, `network`, `hub-refused`, `checkpoint-missing`, `checkpoint-corrupt`, `disk-full`,
 * `cancelled`, and what `checkConfig` throws
 */
export async function fetchSnapshot(request: SnapshotRequest): Promise<Snapshot> {
  const cache = new CachedRepository(request.settings.cacheDir, request.repo);
  if (request.settings.offline) return await snapshotFromCache(request, cache);
  if (commitPattern.test(request.revision)) {
    const cached = await snapshotFromCache(request, cache).catch(() => undefined);
    if (cached !== undefined) return cached; // what a commit names never changes
  }
  const hub = new HubRepository(request.repo, request.settings, await hubToken(request.settings));
  try {
    return await download(request, cache, hub);
  } catch (error) {
    if (request.signal?.aborted) throw new EngineError('cancelled', `Loading ${request.repo} was cancelled.`);
    if (isUnreachable(error)) {
      const cached = await snapshotFromCache(request, cache).catch(() => undefined);
      if (cached !== undefined) return cached;
    }
    throw toLoadingError(error, request.repo, request.settings.endpoint);
  }
}

/** A full commit, in contrast to a branch or tag. */
const commitPattern = /^[0-9a-f]{40}$/;

/** `fetch` reports a host that cannot be reached as a TypeError, a limit as a DOMException. */
function isUnreachable(error: unknown): boolean {
  return (
    (error instanceof TypeError && error.cause !== undefined) ||
    (error instanceof DOMException && error.name === 'TimeoutError') ||
    (error instanceof HubApiError && error.statusCode >= 500)
  );
}

async function snapshotFromCache(request: SnapshotRequest, cache: CachedRepository): Promise<Snapshot> {
  const { repo, revision } = request;
  const commit = await cache.commitOf(revision);
  try {
    if (commit === undefined) throw new Error(`revision ${revision} was never fetched`);
    const folder = await cache.wholeSnapshot(commit);
    await request.checkConfig(folder);
    return { folder, commit, repositoryFolder: cache.folder };
  } catch (cause) {
    if (EngineError.isInstance(cause) && cause.code === 'unsupported-checkpoint') throw cause;
    throw new EngineError(
      'offline',
      `${repo} is not (wholly) in the cache and the hub is switched off. Unset HF_HUB_OFFLINE once to fetch it.`,
      { cause },
    );
  }
}

async function download(
  request: SnapshotRequest,
  cache: CachedRepository,
  hub: HubRepository,
): Promise<Snapshot> {
  const commit = await hub.commitOf(request.revision);
  const folder = cache.snapshotPath(commit);
  const files = await hub.files(commit);
  const names = new Set(files.keys());
  const fetcher = new FileFetcher(request, cache, hub, commit);
  const small = smallCheckpointFiles(names, request.repo);
  await fetcher.fetch(pick(files, ['config.json']));
  await request.checkConfig(folder);
  if (!names.has(shardIndexName)) {
    requireFile(singleShardName, names, request.repo);
    await fetcher.fetch(pick(files, [...small, singleShardName]));
  } else {
    await fetcher.fetch(pick(files, [shardIndexName]));
    const shards = parseShardIndex(await readFile(join(folder, shardIndexName), 'utf8'));
    for (const shard of shards) requireFile(shard, names, request.repo);
    await fetcher.fetch(pick(files, [...small, shardIndexName, ...shards]));
  }
  await cache.setCommit(request.revision, commit);
  return { folder, commit, repositoryFolder: cache.folder };
}

function pick(files: ReadonlyMap<string, HubFile>, names: readonly string[]): HubFile[] {
  return names.flatMap((name) => files.get(name) ?? []);
}

/** Fetches files of one revision one after the other, reporting bytes of all of them together. */
class FileFetcher {
  readonly #request: SnapshotRequest;
  readonly #cache: CachedRepository;
  readonly #hub: HubRepository;
  readonly #commit: string;

  constructor(request: SnapshotRequest, cache: CachedRepository, hub: HubRepository, commit: string) {
    this.#request = request;
    this.#cache = cache;
    this.#hub = hub;
    this.#commit = commit;
  }

  async fetch(files: readonly HubFile[]): Promise<void> {
    const missing: HubFile[] = [];
    for (const file of files) {
      if (!(await this.#cache.hasBlob(file.etag, file.size))) missing.push(file);
    }
    const total = missing.reduce((sum, file) => sum + file.size, 0);
    await this.#requireSpace(total);
    let before = 0;
    for (const file of missing) {
      await downloadBlob({
        name: file.name,
        source: this.#hub.bytes(file.name, this.#commit),
        target: this.#cache.blobPath(file.etag),
        size: file.size,
        digest: file.digest,
        signal: this.#request.signal,
        retryDelays: this.#request.retryDelays,
        onBytes: (bytes) => {
          this.#request.onProgress?.({ stage: 'download', done: before + bytes, total, file: file.name });
        },
      });
      before += file.size;
    }
    for (const file of files) await this.#cache.link(this.#commit, file.name, file.etag);
  }

  async #requireSpace(bytes: number): Promise<void> {
    await mkdir(this.#cache.folder, { recursive: true });
    const { bavail, bsize } = await statfs(this.#cache.folder);
    if (bavail * bsize >= bytes) return;
    throw new EngineError(
      'disk-full',
      `${this.#request.repo} needs ${bytes} bytes more, the disk of ${this.#cache.folder} has ${bavail * bsize}. Free some, or set HF_HOME to another disk.`,
    );
  }
}
