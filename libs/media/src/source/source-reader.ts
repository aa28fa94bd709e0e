import { fileURLToPath } from 'node:url';
import type { Agent } from 'undici';
import { unlessAborted, withDeadline } from '../deadline.js';
import { fetchBytes } from '../fetch/fetch-bytes.js';
import { createGuardedAgent, type ResolveHost } from '../fetch/guarded-agent.js';
import { MediaError } from '../media-error.js';
import type { MediaPolicy } from '../policy.js';
import type { RequestBudget } from '../request-budget.js';
import { base64OfDataUrl, decodeBase64 } from './base64.js';
import { collectBytes, tooManyBytes } from './collect-bytes.js';
import { openLocalFile, type LocalFile } from './local-file.js';
import { readSourceString, type MediaSource } from './media-source.js';

/** Limits of one item while its bytes are gathered. */
export interface ReadLimits {
  readonly maxBytes: number;
  readonly budget: RequestBudget;
  readonly signal: AbortSignal | undefined;
}

/** Turns sources into bytes or opened files, as the policy allows. Knows nothing about what the bytes hold. */
export class SourceReader {
  readonly #policy: MediaPolicy;
  readonly #agent: Agent;

  constructor(policy: MediaPolicy, resolveHost?: ResolveHost) {
    this.#policy = policy;
    this.#agent = createGuardedAgent(policy.allowedNetworks, resolveHost);
  }

  /** Reads a source whole, local files too. */
  async readBytes(source: MediaSource | string, limits: ReadLimits): Promise<Uint8Array> {
    const place = await this.#resolve(source);
    if (place.type !== 'path') return this.#gather(place, limits);
    const file = await this.openPath(place.path, limits.maxBytes);
    try {
      // One byte more than announced would be seen and refused: the file may grow meanwhile.
      const stream = file.handle.createReadStream({ autoClose: false, highWaterMark: 2 ** 20 });
      return charged(await collectBytes(stream, limits.maxBytes), limits.budget);
    } finally {
      await file.handle.close();
    }
  }

  /** Reads a source whole, except for a local file: that is opened, and the caller closes it. */
  async readOrOpen(
    source: MediaSource | string,
    limits: ReadLimits & { readonly maxLocalBytes: number },
  ): Promise<Uint8Array | LocalFile> {
    const place = await this.#resolve(source);
    return place.type === 'path'
      ? this.openPath(place.path, limits.maxLocalBytes)
      : this.#gather(place, limits);
  }

  /** Opens a local path below the policy's roots; the caller closes it. */
  openPath(path: string, maxBytes: number): Promise<LocalFile> {
    return openLocalFile(path, this.#policy.localRoots, maxBytes);
  }

  /** Ends all downloads. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #resolve(source: MediaSource | string): Promise<MediaSource> {
    const given = typeof source === 'string' ? await readSourceString(source) : source;
    if (given.type !== 'url') return given;
    const scheme = /^[a-z]+/i.exec(given.url)?.[0].toLowerCase();
    if (scheme === 'data') return { type: 'base64', data: base64OfDataUrl(given.url) };
    return scheme === 'file' ? { type: 'path', path: pathOfFileUrl(given.url) } : given;
  }

  async #gather(source: Exclude<MediaSource, { type: 'path' }>, limits: ReadLimits): Promise<Uint8Array> {
    const { maxBytes, budget, signal } = limits;
    switch (source.type) {
      case 'url':
        if (!URL.canParse(source.url))
          throw new MediaError('invalid-source', 'The URL of the media is not valid.');
        return charged(
          await fetchBytes(new URL(source.url), maxBytes, this.#policy, this.#agent, signal),
          budget,
        );
      case 'base64':
        if (!this.#policy.schemes.includes('data')) {
          throw new MediaError('blocked-scheme', 'Media inside the request is not allowed here: give a URL.');
        }
        return charged(decodeBase64(source.data, maxBytes), budget);
      case 'bytes':
        if (source.bytes.byteLength > maxBytes) throw tooManyBytes(maxBytes);
        // A copy, because decoding hands the memory over to another thread.
        return charged(new Uint8Array(source.bytes), budget);
      case 'stream':
        return charged(
          await withDeadline('Reading the media', this.#policy.downloadTimeoutMs, signal, (bounded) =>
            unlessAborted(collectBytes(source.stream, maxBytes), bounded),
          ),
          budget,
        );
    }
  }
}

function charged(bytes: Uint8Array, budget: RequestBudget): Uint8Array {
  budget.takeBytes(bytes.byteLength);
  return bytes;
}

function pathOfFileUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new MediaError('invalid-source', 'The file: URL is not valid.', { cause: error });
  }
}
