import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { pino } from 'pino';
import { banner } from './banner.js';
import { ConfigError, readConfig } from './config/read-config.js';
import { startServer } from './server.js';

if (existsSync('.env')) loadEnvFile('.env');

try {
  const config = readConfig(process.env);
  const log = pino({ level: config.LOG_LEVEL });
  const server = await startServer(config, {
    log,
    terminal: process.stderr.isTTY ? process.stderr : undefined,
  });
  process.stdout.write(banner(server.url, config));
  const stop = (): void => {
    log.info('stopping: no new requests, streams may drain');
    void server.close().then(() => {
      log.flush();
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${explain(error)}\n`);
}

/** One clear line for what the user can fix; the whole error for the rest. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return 'PORT is in use by another program: stop it or choose another PORT.';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
