import type { Worker } from 'node:worker_threads';

import type { RgbImage } from '../imaging/rgb-image.js';
import type { Cancellation } from '../ocr/cancellation.js';
import type { Posteriors } from '../ocr/ctc.js';
import type { LineRecogniser } from '../ocr/text-recogniser.js';
import type { RecogniserNetwork } from '../ocr/networks.js';
import type { LinesResponse, RecogniserMessage } from './messages.js';
import { startWorker } from './start-worker.js';

/** A recogniser in a thread of its own, which ends with the thread that made it. One call at a time. */
export class RemoteRecogniser implements LineRecogniser {
  #worker: Worker | undefined;

  readonly #load: () => Promise<RecogniserNetwork>;

  /**
   * @param network for the thread that is started at once
   * @param load the network again, for a thread that takes the place of one that died
   */
  constructor(network: RecogniserNetwork, load: () => Promise<RecogniserNetwork>) {
    this.#load = load;
    this.#worker = this.#start(network);
  }

  /** @throws when the thread fails; the next call starts another */
  async recognise(lines: readonly RgbImage[], signal?: Cancellation): Promise<Posteriors[]> {
    signal?.throwIfAborted();
    const worker = (this.#worker ??= this.#start(await this.#load()));
    const response = await new Promise<LinesResponse>((resolve) => {
      const settle = (response: LinesResponse) => {
        worker.off('message', settle).off('exit', onExit);
        resolve(response);
      };
      const onExit = () => {
        settle({ failure: 'WorkerExit' });
      };
      worker.on('message', settle).on('exit', onExit);
      worker.postMessage({ lines } satisfies RecogniserMessage);
    });
    if ('failure' in response) throw new Error(`recognising lines failed (${response.failure})`);
    return [...response.posteriors];
  }

  #start(network: RecogniserNetwork): Worker {
    const worker = startWorker('recogniser-worker');
    worker.postMessage({ network } satisfies RecogniserMessage);
    // An error is followed by the exit, which whoever waits is told of.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }
}
