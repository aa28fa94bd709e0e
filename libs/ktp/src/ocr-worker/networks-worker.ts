/** Thread that simplifies the networks, hands them over and ends: what that took is given back with the thread. */
import { parentPort } from 'node:worker_threads';

import { prepareNetworks } from '../ocr/networks.js';

const networks = await prepareNetworks();
const { detector, recogniser, direction } = networks;
parentPort?.postMessage(networks, [detector.buffer, recogniser.bytes.buffer, direction.buffer]);
