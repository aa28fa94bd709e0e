import type { WorkerMessage } from './protocol.js';

/**
 * A thread or process that computes, as its client sees it: what the two have in common of `worker_threads.Worker`.
 */
export interface Compute {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: WorkerMessage) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
  /** Ends it by force. */
  terminate(): Promise<unknown>;
}
