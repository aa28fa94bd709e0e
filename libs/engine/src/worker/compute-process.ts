import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Compute } from './compute.js';

/** A child process that computes: a crash of native code ends it alone. */
export class ComputeProcess extends EventEmitter implements Compute {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  /** @param entry the file to run: built, or source, which Node 20 loads only through tsx */
  constructor(entry: URL) {
    super();
    const isSource = entry.pathname.endsWith('.ts');
    this.#child = fork(entry, {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: isSource ? ['--import', import.meta.resolve('tsx'), '--conditions=@qwenvl/source'] : [],
    });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#exited = new Promise((resolve) => {
      const end = (code: number | null): void => {
        this.emit('exit', code ?? 1);
        resolve();
      };
      this.#child.once('exit', end);
      this.#child.on('error', (error) => {
        this.emit('error', error);
        if (this.#child.pid === undefined) end(null);
      });
    });
  }

  /** Copies the message; buffers to transfer are empty afterwards, as with a thread. */
  postMessage(message: object, transfer: readonly ArrayBuffer[] = []): void {
    try {
      this.#child.send(message, (error) => {
        // A process that has ended tells so itself.
        if (error && this.#child.connected) this.emit('error', error);
      });
    } catch (error) {
      throw error instanceof Error && error.message.endsWith('could not be cloned.')
        ? new DOMException(error.message, 'DataCloneError')
        : error;
    }
    structuredClone(undefined, { transfer: [...transfer] });
  }

  async terminate(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
