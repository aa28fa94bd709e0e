/** Entry of the compute thread. */
import { parentPort } from 'node:worker_threads';
import { serveRequests } from './serve-requests.js';

if (parentPort) serveRequests(parentPort);
