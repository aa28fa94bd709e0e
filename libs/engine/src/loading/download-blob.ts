import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from '../errors.js';
import { digestFile, startDigest, type ExpectedDigest } from './digest.js';
import { isDiskFull } from './system-errors.js';

/** Bytes that can be read from an offset on, as the hub client's blobs can. */
export interface RemoteBytes {
  /** A stream of bytes `[offset, size)`; aborting `signal` ends it. */
  open(offset: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export interface BlobDownload {
  /** For messages: the file's name in the repository. */
  readonly name: string;
  readonly source: RemoteBytes;
  /** Where the verified file is to stand. `<target>.incomplete` holds what has come so far. */
  readonly target: string;
  readonly size: number;
  readonly digest: ExpectedDigest;
  /** Called with the number of bytes that are on disk, those of an earlier try included. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Waits before the second, third, … try in milliseconds. Default: {@link defaultRetryDelays}. */
  readonly retryDelays?: readonly number[] | undefined;
  /** A connection that brings nothing for so many milliseconds is dropped and tried again. Default 60 s. */
  readonly stallTimeout?: number | undefined;
}

/** A transfer that breaks is taken up again after these waits (milliseconds); progress starts the count anew. */
export const defaultRetryDelays: readonly number[] = [500, 1000, 2000, 4000];

const defaultStallTimeout = 60_000;

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/**
 * Fetches one file into the cache: takes up a partial file where it ended, verifies size and digest, and only then
 * gives the file its name. A broken connection leaves the partial file for the next try; a full disk or a wrong
 * digest removes it.
 * @throws EngineError `disk-full`, `checkpoint-corrupt`, `network`, `cancelled`
 */
export async function downloadBlob(download: BlobDownload): Promise<void> {
  const partial = `${download.target}.incomplete`;
  await mkdir(dirname(partial), { recursive: true });
  let offset = await sizeOf(partial);
  if (offset > download.size) {
    await rm(partial, { force: true });
    offset = 0;
  }
  const hash = startDigest(download.digest, download.size);
  await digestFile(hash, partial, offset);
  download.onBytes?.(offset);
  try {
    const file = await open(partial, 'a');
    try {
      await transfer(download, offset, async (chunk) => {
        await file.writeFile(chunk);
        hash.update(chunk);
      });
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isDiskFull(error)) await rm(partial, { force: true });
    throw error;
  }
  if (hash.digest('hex') !== download.digest.hex) {
    await rm(partial, { force: true });
    throw new EngineError(
      'checkpoint-corrupt',
      `${download.name} arrived damaged: its ${download.digest.algorithm} differs from the hub's. It was removed; load again.`,
    );
  }
  await rename(partial, download.target);
}

async function transfer(
  download: BlobDownload,
  start: number,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const delays = download.retryDelays ?? defaultRetryDelays;
  let offset = start;
  let failures = 0;
  while (offset < download.size) {
    throwIfCancelled(download);
    const before = offset;
    const stall = new AbortController();
    const limit = download.stallTimeout ?? defaultStallTimeout;
    const timer = setTimeout(() => { stall.abort(new Error('no bytes came in time')); }, limit); // prettier-ignore
    try {
      const signal = AbortSignal.any([stall.signal, ...(download.signal ? [download.signal] : [])]);
      for await (const chunk of await download.source.open(offset, signal)) {
        if (offset + chunk.byteLength > download.size) throw tooLong(download);
        await write(chunk);
        offset += chunk.byteLength;
        download.onBytes?.(offset);
        timer.refresh();
        throwIfCancelled(download);
      }
      if (offset === before) throw new Error('the connection ended early');
    } catch (error) {
      throwIfCancelled(download);
      if (isDiskFull(error) || EngineError.isInstance(error)) throw error;
      failures = offset > before ? 1 : failures + 1;
      const delay = delays[failures - 1];
      if (delay === undefined) throw interrupted(download, offset, error);
      await new Promise((resolve) => setTimeout(resolve, delay));
    } finally {
      clearTimeout(timer);
    }
  }
}

function throwIfCancelled(download: BlobDownload): void {
  if (download.signal?.aborted) {
    throw new EngineError(
      'cancelled',
      `The download of ${download.name} was cancelled; it can be taken up again.`,
    );
  }
}

function tooLong(download: BlobDownload): EngineError {
  return new EngineError(
    'checkpoint-corrupt',
    `The hub sent more of ${download.name} than its ${download.size} bytes. Load again.`,
  );
}

function interrupted(download: BlobDownload, offset: number, error: unknown): EngineError {
  return new EngineError(
    'network',
    `The download of ${download.name} broke off at ${offset} of ${download.size} bytes. Load again: it goes on from there.`,
    { cause: error instanceof Error ? error : new Error(String(error)) },
  );
}
