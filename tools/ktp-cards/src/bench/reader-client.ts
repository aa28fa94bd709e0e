import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { RgbImage } from '@qwenvl/ktp';

import type { Answer, ReaderName } from './readers.js';

/** One picture for the process, in files: what a message holds would lie in its memory and be counted. */
export interface ReaderRequest {
  /** File with packed RGB. */
  readonly pixels: string;
  readonly width: number;
  readonly height: number;
  /** The file that the pixels came from. */
  readonly jpeg: string;
}

/** What the process answers, with what it cost. */
export interface ReaderReply {
  readonly answer: Answer;
  readonly milliseconds: number;
  /** Processor time of all threads of the process. */
  readonly cpuMilliseconds: number;
  /** Resident memory of the process afterwards, bytes. */
  readonly memory: number;
  /** Most resident memory that the process ever had, its start included, bytes. */
  readonly peakMemory: number;
}

/** A reader in a process of its own; one picture at a time. */
export class ReaderClient {
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
  }

  /** @param threads threads of the offline reader */
  static async open(name: ReaderName, threads: number): Promise<ReaderClient> {
    const script = fileURLToPath(new URL('./reader-process.js', import.meta.url));
    const folder = await mkdtemp(join(tmpdir(), 'ktp-cards-'));
    return new ReaderClient(fork(script, [name, String(threads)]), folder);
  }

  /** @throws when the process dies */
  async read({ image, jpeg }: { image: RgbImage; jpeg: Uint8Array }): Promise<ReaderReply> {
    const request: ReaderRequest = {
      pixels: join(this.#folder, 'card.rgb'),
      width: image.width,
      height: image.height,
      jpeg: join(this.#folder, 'card.jpg'),
    };
    await Promise.all([writeFile(request.pixels, image.data), writeFile(request.jpeg, jpeg)]);
    const stop = new AbortController();
    const died = once(this.#child, 'exit', { signal: stop.signal }).then(() => {
      throw new Error('the process of the reader ended');
    });
    const reply = once(this.#child, 'message', { signal: stop.signal }).then(
      ([message]) => message as ReaderReply,
    );
    this.#child.send(request);
    try {
      return await Promise.race([reply, died]);
    } finally {
      stop.abort();
      await Promise.allSettled([reply, died]);
    }
  }

  async close(): Promise<void> {
    this.#child.kill();
    await rm(this.#folder, { recursive: true });
  }
}
