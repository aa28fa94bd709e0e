import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SourceFile } from './manifest.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** Bytes read at a time for a checksum. */
const HASH_CHUNK_BYTES = 1024 * 1024;

/** Sum of the files' sizes. */
export async function sumSizes(folder: string, files: readonly string[]): Promise<number> {
  const stats = await Promise.all(files.map((file) => stat(join(folder, file))));
  return stats.reduce((sum, { size }) => sum + size, 0);
}

/** Describes the checkpoint's files by size, time and checksum; `onBytes` hears of each of their bytes once. */
export async function describeSources(
  folder: string,
  files: readonly string[],
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  for (const file of files) {
    const path = join(folder, file);
    const { size, mtimeMs } = await stat(path);
    const named = await blobName(path);
    if (named !== undefined) onBytes(size);
    const sha256 = named ?? (await checksum(path, onBytes, signal));
    sources.push({ file, bytes: size, modified: mtimeMs, sha256 });
  }
  return sources;
}

/** Whether a file is still what it was: by size and time, or by its checksum when only the time has changed. */
export async function isUnchanged(folder: string, source: SourceFile): Promise<boolean> {
  const path = join(folder, source.file);
  const now = await stat(path).catch(() => undefined);
  if (now?.size !== source.bytes) return false;
  if (now.mtimeMs === source.modified) return true;
  return ((await blobName(path)) ?? (await checksum(path, () => undefined))) === source.sha256;
}

/** In the Hugging Face cache a file links to a blob that is named by its checksum: no need to read gigabytes again. */
async function blobName(path: string): Promise<string | undefined> {
  const name = basename(await realpath(path));
  return SHA256.test(name) ? name : undefined;
}

async function checksum(
  path: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: HASH_CHUNK_BYTES });
  stream.on('data', (chunk) => {
    onBytes(chunk.length);
  });
  await pipeline(stream, hash, signal ? { signal } : {});
  return hash.digest('hex');
}
