/** Thread that recognises lines and nothing else: half of a card's lines, while the other thread reads the rest. */
import { parentPort } from 'node:worker_threads';

import { loadRecogniser } from '../ocr/model-files.js';
import type { LinesRequest, LinesResponse } from './messages.js';

const port = parentPort;
if (!port) throw new Error('this file runs in a worker thread only');
const recogniser = loadRecogniser();
// The first request reports the failure; without a handler the thread would die before it can.
recogniser.catch(() => undefined);

let last: Promise<void> = Promise.resolve();
port.on('message', (request: LinesRequest) => {
  last = last.then(() => answer(request));
});

async function answer({ lines }: LinesRequest): Promise<void> {
  let response: LinesResponse;
  try {
    response = { posteriors: await (await recogniser).recognise(lines) };
  } catch (error) {
    response = { failure: error instanceof Error ? error.name : 'unknown' };
  }
  port?.postMessage(response);
}
