/** Thread that recognises lines and nothing else: half of a card's lines, while the other thread reads the rest. */
import { parentPort } from 'node:worker_threads';

import { openRecogniser } from '../ocr/ocr-models.js';
import type { LineRecogniser } from '../ocr/text-recogniser.js';
import type { LinesRequest, LinesResponse, RecogniserMessage } from './messages.js';

const port = parentPort;
if (!port) throw new Error('this file runs in a worker thread only');

let recogniser: Promise<LineRecogniser> | undefined;
let last: Promise<void> = Promise.resolve();
port.on('message', (message: RecogniserMessage) => {
  if ('network' in message) {
    recogniser = openRecogniser(message.network);
    // The first request reports the failure; without a handler the thread would die before it can.
    recogniser.catch(() => undefined);
    return;
  }
  last = last.then(() => answer(message));
});

async function answer({ lines }: LinesRequest): Promise<void> {
  let response: LinesResponse;
  try {
    if (!recogniser) throw new Error('no network yet');
    response = { posteriors: await (await recogniser).recognise(lines) };
  } catch (error) {
    response = { failure: error instanceof Error ? error.name : 'unknown' };
  }
  port?.postMessage(response);
}
