/** Entry of the thread that `start-worker.ts` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseSettings } from './protocol.js';
import { serveDatabase } from './serve-database.js';

if (parentPort === null) throw new Error('This file is the entry of a worker thread.');
void serveDatabase(parentPort, workerData as DatabaseSettings);
