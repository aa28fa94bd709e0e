import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Age after which a folder left by a killed export is removed: far longer than any export takes. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Fills a folder under a temporary name beside `target` and renames it when `fill` succeeds; when it fails, nothing
 * is left. An earlier folder at `target` is replaced.
 */
export async function replaceFolder<T>(target: string, fill: (staging: string) => Promise<T>): Promise<T> {
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(target);
  const staging = join(parent, `${temporaryPrefix(target)}${randomUUID()}`);
  try {
    await mkdir(staging);
    const result = await fill(staging);
    await swap(staging, target);
    return result;
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

async function swap(staging: string, target: string): Promise<void> {
  const old = `${staging}-old`;
  const hadOld = await renameIfThere(target, old);
  try {
    await rename(staging, target);
  } catch (error) {
    if (hadOld) await rename(old, target);
    throw error;
  }
  if (hadOld) await rm(old, { recursive: true, force: true });
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

async function removeAbandoned(target: string): Promise<void> {
  const parent = dirname(target);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(temporaryPrefix(target))) continue;
    const folder = join(parent, name);
    const entry = await stat(folder).catch(() => undefined);
    if (entry && Date.now() - entry.mtimeMs > ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true });
  }
}

function temporaryPrefix(target: string): string {
  return `.${basename(target)}.partial-`;
}
