import { downloadFile, listFiles, modelInfo } from '@huggingface/hub';
import { z } from 'zod';
import { readFile } from 'node:fs/promises';
import { EngineError } from '../errors.js';
import type { ExpectedDigest } from './digest.js';
import type { RemoteBytes } from './download-blob.js';
import type { HubSettings } from './hub-settings.js';

/** A file of a repository at one commit. */
export interface HubFile {
  readonly name: string;
  readonly size: number;
  /** Name of its blob in the standard cache. */
  readonly etag: string;
  readonly digest: ExpectedDigest;
}

const commitSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) });

/** How long a question to the hub may take; files have their own limit. */
const answerTimeout = 30_000;

/** One model repository on the hub, through its official client. */
export class HubRepository {
  readonly #name: string;
  readonly #settings: HubSettings;
  readonly #token: string | undefined;

  constructor(name: string, settings: HubSettings, token: string | undefined) {
    this.#name = name;
    this.#settings = settings;
    this.#token = token;
  }

  /** The commit a branch, tag or commit names. */
  async commitOf(revision: string): Promise<string> {
    const info = await modelInfo({
      name: this.#name,
      revision,
      additionalFields: ['sha'],
      ...this.#access(AbortSignal.timeout(answerTimeout)),
    });
    return commitSchema.parse(info).sha;
  }

  /** The files in the repository's top folder at a commit. */
  async files(commit: string): Promise<Map<string, HubFile>> {
    const files = new Map<string, HubFile>();
    const access = this.#access(AbortSignal.timeout(answerTimeout));
    for await (const entry of listFiles({ repo: this.#name, revision: commit, ...access })) {
      if (entry.type !== 'file' || entry.oid === undefined) continue;
      const digest: ExpectedDigest = entry.lfs
        ? { algorithm: 'sha256', hex: entry.lfs.oid }
        : { algorithm: 'git-sha1', hex: entry.oid };
      if (!/^[0-9a-f]+$/.test(digest.hex)) continue;
      files.set(entry.path, {
        name: entry.path,
        size: entry.lfs?.size ?? entry.size,
        etag: digest.hex,
        digest,
      });
    }
    return files;
  }

  /** A file's bytes, from any offset. */
  bytes(name: string, commit: string): RemoteBytes {
    return {
      open: async (offset, signal) => {
        const blob = await downloadFile({
          repo: this.#name,
          path: name,
          revision: commit,
          xet: false,
          ...this.#access(signal),
        });
        if (blob === null) throw new EngineError('checkpoint-missing', `${this.#name} has no ${name}.`);
        return (offset === 0 ? blob : blob.slice(offset)).stream() as ReadableStream<Uint8Array>;
      },
    };
  }

  #access(signal: AbortSignal): { hubUrl: string; fetch: typeof fetch; accessToken?: string } {
    return {
      hubUrl: this.#settings.endpoint,
      fetch: (input, init) => fetch(input, { ...init, signal }),
      ...(this.#token === undefined ? {} : { accessToken: this.#token }),
    };
  }
}

/**
 * The token to use: the setting, or else the content of the token file that `hf auth login` leaves.
 * @throws EngineError `hub-refused` when it does not look like a token of the hub.
 */
export async function hubToken(settings: HubSettings): Promise<string | undefined> {
  const token = settings.token ?? (await readTokenFile(settings.tokenFile));
  if (token !== undefined && !token.startsWith('hf_')) {
    throw new EngineError(
      'hub-refused',
      'HF_TOKEN is not a hub token: tokens start with hf_. Correct or unset it.',
    );
  }
  return token;
}

async function readTokenFile(path: string): Promise<string | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
