import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { EngineError } from '../errors.js';
import { checkConfig } from './checkpoint-config.js';
import { fetchSnapshot } from './fetch-snapshot.js';
import type { LoadRequest } from './load-request.js';
import type { ProgressListener } from './load-progress.js';
import { checkLocalCheckpoint } from './local-checkpoint.js';

/** A whole checkpoint on this machine. */
export interface ResolvedCheckpoint {
  readonly folder: string;
  /** Commit of the hub; undefined for a local folder. */
  readonly revision: string | undefined;
  /** Folder under which its exports are kept, one folder for each precision. */
  readonly exports: string;
}

const hubId = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;
const revisionName = /^(?!.*\.\.)[\w][\w./-]*$/;

/**
 * Finds the checkpoint that `model` names: a folder, when there is one of that name, or else a model on the hub.
 *
 * Exports of a hub model stand beside its revision, in the model's folder of the cache. A local folder is never written
 * to: its exports stand in `qwenvl-exports` of the cache, under its name and a hash of its path.
 * @throws EngineError `checkpoint-missing`, `checkpoint-corrupt`, `unsupported-checkpoint`, and what
 * {@link fetchSnapshot} throws
 */
export async function resolveCheckpoint(
  request: Pick<LoadRequest, 'model' | 'revision' | 'hub'>,
  onProgress?: ProgressListener,
): Promise<ResolvedCheckpoint> {
  const { model, revision, hub } = request;
  if (await isFolder(model)) {
    const folder = await realpath(model);
    await checkLocalCheckpoint(folder);
    await checkConfig(folder);
    const hash = createHash('sha256').update(folder).digest('hex').slice(0, 12);
    const exports = join(hub.cacheDir, 'qwenvl-exports', `${basename(folder)}-${hash}`);
    return { folder, revision: undefined, exports };
  }
  if (isAbsolute(model) || !hubId.test(model)) {
    throw new EngineError(
      'checkpoint-missing',
      `There is no folder ${model}, and it is no hub id such as Qwen/Qwen3-VL-2B-Thinking either.`,
    );
  }
  if (!revisionName.test(revision)) {
    throw new EngineError('invalid-request', `${revision} is no revision: give a branch, a tag or a commit.`);
  }
  const snapshot = await fetchSnapshot({ repo: model, revision, settings: hub, checkConfig, onProgress });
  const exports = join(snapshot.repositoryFolder, 'qwenvl-exports', snapshot.commit);
  return { folder: snapshot.folder, revision: snapshot.commit, exports };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
