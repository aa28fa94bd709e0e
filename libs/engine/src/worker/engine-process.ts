/** Entry of the compute process. It ends when its parent lets go of it, or is gone. */
import { serveRequests } from './serve-requests.js';

// A terminal sends these to parent and child alike; the parent decides when its requests have ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => process.exit());

serveRequests({
  on: (event, listener) => process.on(event, listener),
  postMessage: (message) => {
    if (!process.connected) return;
    process.send?.(message, undefined, undefined, (error) => {
      if (error) process.exit(); // nobody is there to hear
    });
  },
  close: () => {
    process.disconnect();
  },
});
