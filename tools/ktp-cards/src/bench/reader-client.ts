import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { RgbImage } from '@qwenvl/ktp';

import type { Answer, ReaderName } from './readers.js';

/** One picture for the process: as pixels, or as the file that it came from. */
export type ReaderRequest = { readonly image: RgbImage } | { readonly jpeg: Uint8Array };

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
  readonly #name: ReaderName;

  /** @param threads threads of the offline reader */
  constructor(name: ReaderName, threads: number) {
    this.#name = name;
    const script = fileURLToPath(new URL('./reader-process.js', import.meta.url));
    this.#child = fork(script, [name, String(threads)], { serialization: 'advanced' });
  }

  /** @throws when the process dies */
  async read({ image, jpeg }: { image: RgbImage; jpeg: Uint8Array }): Promise<ReaderReply> {
    const stop = new AbortController();
    const died = once(this.#child, 'exit', { signal: stop.signal }).then(() => {
      throw new Error('the process of the reader ended');
    });
    const reply = once(this.#child, 'message', { signal: stop.signal }).then(
      ([message]) => message as ReaderReply,
    );
    // What the reader does not use would lie in its memory and be counted.
    const request: ReaderRequest = this.#name === 'ocr' ? { image } : { jpeg };
    this.#child.send(request);
    try {
      return await Promise.race([reply, died]);
    } finally {
      stop.abort();
      await Promise.allSettled([reply, died]);
    }
  }

  close(): void {
    this.#child.kill();
  }
}
