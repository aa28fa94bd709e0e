/** Thread in which the networks run: a run of theirs blocks the event loop of its thread. */
import { parentPort, workerData } from 'node:worker_threads';

import type { Cancellation } from '../ocr/cancellation.js';
import { DividedRecogniser } from '../ocr/divided-recogniser.js';
import { openModels, type OcrModels } from '../ocr/ocr-models.js';
import { collectGarbage } from './collect-garbage.js';
import { loadNetworks } from './load-networks.js';
import type { OcrRequest, OcrResponse, OcrWorkerData } from './messages.js';
import { runOcr } from './ocr-job.js';
import { RemoteRecogniser } from './remote-recogniser.js';

const port = parentPort;
if (!port) throw new Error('this file runs in a worker thread only');
const { threads } = workerData as OcrWorkerData;
const models = load();
// The first request reports the failure; without a handler the thread would die before it can.
models.catch(() => undefined);

let last: Promise<void> = Promise.resolve();
port.on('message', (request: OcrRequest) => {
  last = last.then(() => answer(request));
});

async function load(): Promise<OcrModels> {
  const networks = await loadNetworks();
  const again = async () => (await loadNetworks()).recogniser;
  const helpers = Array.from({ length: threads - 1 }, () => new RemoteRecogniser(networks.recogniser, again));
  const own = await openModels(networks, threads);
  return { ...own, recogniser: new DividedRecogniser(own.recogniser, helpers) };
}

async function answer({ id, image, cancelled }: OcrRequest): Promise<void> {
  const signal: Cancellation = {
    throwIfAborted: () => {
      if (Atomics.load(cancelled, 0) === 1) throw new DOMException('cancelled', 'AbortError');
    },
  };
  let response: OcrResponse;
  try {
    signal.throwIfAborted();
    response = { id, outcome: await runOcr(image, await models, signal) };
  } catch (error) {
    response = { id, failure: error instanceof Error ? error.name : 'unknown' };
  }
  port?.postMessage(response);
  collectGarbage();
}
