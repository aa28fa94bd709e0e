/** What the owner of one `SqliteStore`'s database does: batches in, results and others' changes out. */
import type { MessagePort } from 'node:worker_threads';
import { errorCode, errorMessage } from './database-error.js';
import type { Call } from './operations.js';
import type { DatabaseSettings, Request, Response } from './protocol.js';
import { SessionDatabase } from './session-database.js';

const deletes = ({ name }: Call) => name === 'expire' || name === 'delete';

/** Opens the database, says so over the port, and serves the port until it is told to close. */
export async function serveDatabase(port: MessagePort, settings: DatabaseSettings): Promise<void> {
  const send = (response: Response): void => {
    port.postMessage(response);
  };
  try {
    serve(port, send, settings, await SessionDatabase.open(settings));
  } catch (error) {
    send({ type: 'open-failed', code: errorCode(error), message: errorMessage(error) });
  }
}

function serve(
  port: MessagePort,
  send: (response: Response) => void,
  settings: DatabaseSettings,
  database: SessionDatabase,
): void {
  const watched = new Set<string>();
  let dataVersion = database.dataVersion;

  const report = async (ids: readonly string[]) => {
    const found = await database.versions(ids);
    send({ type: 'versions', versions: ids.map((id) => [id, found.get(id) ?? Number.POSITIVE_INFINITY]) });
  };

  const poll = async () => {
    if (watched.size === 0) return;
    const current = database.dataVersion;
    if (current === dataVersion) return;
    dataVersion = current;
    await report([...watched]);
  };

  const handle = async (request: Request) => {
    switch (request.type) {
      case 'batch':
        send({ type: 'results', results: await database.run(request.calls, request.now) });
        if (request.calls.some(deletes)) database.shrink();
        return;
      case 'watch':
        watched.add(request.id);
        await report([request.id]);
        return;
      case 'unwatch':
        watched.delete(request.id);
        return;
      case 'close':
        for (const timer of timers) clearInterval(timer);
        await database.close();
        send({ type: 'closed' });
        port.close();
    }
  };

  // One thing after another: kysely's calls are asynchronous in form, and a watch must not fall into a batch.
  let last = Promise.resolve();
  const enqueue = (task: () => Promise<void> | void) => {
    last = last.then(task).catch((error: unknown) => {
      send({ type: 'upkeep-failed', code: errorCode(error), message: errorMessage(error) });
    });
  };
  const timers = [
    setInterval(() => {
      enqueue(poll);
    }, settings.pollIntervalMs),
  ];
  if (settings.durability === 'process') {
    timers.push(
      setInterval(() => {
        enqueue(() => {
          database.sync();
        });
      }, settings.syncIntervalMs),
    );
  }
  port.on('message', (request: Request) => {
    enqueue(() => handle(request));
  });
  send({ type: 'opened' });
}
