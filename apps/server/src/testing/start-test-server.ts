import { pino } from 'pino';
import { readConfig } from '../config/read-config.js';
import type { LoadModel } from '../model/model-host.js';
import { type RunningServer, startServer } from '../server.js';

/** A server on a free port of this machine, with streams in memory and silent logs unless told otherwise. */
export async function startTestServer(
  environment: Readonly<Record<string, string>> = {},
  loadModel?: LoadModel,
): Promise<RunningServer> {
  const config = readConfig({
    PORT: '0',
    PERSIST_SESSIONS: 'false',
    SHUTDOWN_DRAIN_SECONDS: '0',
    ...environment,
  });
  return startServer(config, { log: pino({ level: 'silent' }), loadModel });
}

/** Waits until the model can answer. */
export async function untilReady(url: string, deadlineMs = 60_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const health = (await (await fetch(`${url}/health`)).json()) as {
      modelReady: boolean;
      error: string | null;
    };
    if (health.modelReady) return;
    if (health.error !== null) throw new Error(health.error);
    if (Date.now() > deadline) throw new Error('The model was not ready in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
