import { MessageChannel } from 'node:worker_threads';
import type { DatabaseWorker } from '../sqlite/database-thread.js';
import type { DatabaseSettings, Response } from '../sqlite/protocol.js';
import { serveDatabase } from '../sqlite/serve-database.js';

/** The database on the test's own thread behind the same messages: starting a thread from source is slow. */
export function inThreadDatabase(settings: DatabaseSettings): DatabaseWorker {
  const { port1, port2 } = new MessageChannel();
  void serveDatabase(port2, settings);
  return {
    postMessage: (message) => {
      port1.postMessage(message);
    },
    on: (event: 'message' | 'error' | 'exit', listener: (value: never) => void) => {
      if (event === 'message') port1.on('message', listener as (message: Response) => void);
      if (event === 'exit') port1.on('close', listener as () => void);
    },
    terminate: () => {
      port1.close();
      return Promise.resolve();
    },
  };
}
